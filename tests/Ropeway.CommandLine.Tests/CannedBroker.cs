using System.Net;
using System.Text;

namespace Ropeway.CommandLine.Tests;

/// <summary>A broker whose answers are always the same, with names and numbers that are hard to show.</summary>
internal sealed class CannedBroker : HttpMessageHandler
{
    private static readonly Dictionary<string, string> Answers = new()
    {
        ["/api/queues/%2F"] = """
            [
              {"name":"mail.outgoing","vhost":"/","type":"quorum","durable":true,"messages":48251,"messages_ready":48201,"messages_unacknowledged":50,"messages_delayed":0,"messages_kept":0,"consumers":1,"policy":null,"state":"running","arguments":{"x-queue-type":"quorum"}},
              {"name":"orders.eu-central-1.customers.with-a-name-that-nobody-would-type-twice.v2","vhost":"/","type":"classic","durable":true,"messages":12400000,"messages_ready":12400000,"messages_unacknowledged":0,"messages_delayed":3,"messages_kept":0,"consumers":0,"policy":"lengths","state":"running","arguments":{}},
              {"name":"注文\u202eevil\t😀","vhost":"/","type":"stream","durable":true,"messages":1,"messages_ready":1,"messages_unacknowledged":0,"messages_delayed":0,"messages_kept":0,"consumers":12,"policy":null,"state":"crashed","out_of_service":"a checksum is wrong","arguments":{"x-queue-type":"stream","x-max-age":"7D"}}
            ]
            """,
        ["/api/queues/%2F/orders"] = """{"name":"orders","vhost":"/","type":"classic","durable":true,"exclusive":false,"auto_delete":false,"messages":1204,"messages_ready":1204,"messages_unacknowledged":0,"messages_delayed":0,"messages_kept":0,"consumers":1,"policy":null,"state":"running","arguments":{},"effective_arguments":{"x-max-length":1000},"consumer_details":[{"consumer_tag":"ctag1"}]}""",
        ["/api/queues/%2F/invoices"] = """{"name":"invoices","vhost":"/","messages":1,"messages_ready":1,"consumers":0}""",
        ["/api/overview"] = """{"node":"rw-1","product_version":"0.1.0","queue_totals":{"messages_ready":50440,"messages_unacknowledged":812},"object_totals":{"queues":3007,"exchanges":12,"connections":2418,"channels":2500,"consumers":90},"listeners":[{"protocol":"amqp","ip_address":"::1","port":5672},{"protocol":"http","ip_address":"127.0.0.1","port":15672}]}""",
        ["/api/nodes/rw-1"] = """{"name":"rw-1","uptime":1051200000,"mem_used":3221225472,"mem_limit":9663676416,"mem_alarm":false,"disk_free":52428800000,"disk_free_limit":50000000,"disk_free_alarm":true}""",
        ["/api/exchanges/%2F"] = """[{"name":"","vhost":"/","type":"direct","durable":true,"auto_delete":false,"internal":false,"arguments":{}},{"name":"events","vhost":"/","type":"topic","durable":true,"auto_delete":false,"internal":false,"arguments":{"alternate-exchange":"unrouted"}},{"name":"tmp","vhost":"/","type":"fanout","durable":false,"auto_delete":true,"internal":true,"arguments":{}}]""",
        ["/api/exchanges/%2F/events"] = """{"name":"events","vhost":"/","type":"topic","durable":true,"auto_delete":false,"internal":false,"arguments":{}}""",
        ["/api/exchanges/%2F/news"] = """{"name":"news","vhost":"/","type":"fanout","durable":true,"auto_delete":false,"internal":false,"arguments":{}}""",
        ["/api/exchanges/%2F/news/bindings/source"] = """[{"source":"news"},{"source":"news"}]""",
        ["/api/exchanges/%2F/amq.default/publish"] = """{"routed":true}""",
        ["/api/bindings/%2F"] = """[{"source":"","vhost":"/","destination":"orders","destination_type":"queue","routing_key":"orders","arguments":{},"properties_key":"orders"},{"source":"events","vhost":"/","destination":"orders","destination_type":"queue","routing_key":"order.*","arguments":{},"properties_key":"order.*"},{"source":"amq.headers","vhost":"/","destination":"archive","destination_type":"exchange","routing_key":"","arguments":{"x-match":"all","kind":"order"},"properties_key":"~b1"}]""",
        ["/api/bindings/%2F/e/events/q/orders"] = """[{"source":"events","routing_key":"order.*","properties_key":"order.*"}]""",
        ["/api/users"] = """[{"name":"guest","tags":["administrator"],"limits":{},"hashing_algorithm":"x"},{"name":"ada","tags":["monitoring","policymaker"],"limits":{"max-connections":50},"hashing_algorithm":"x"}]""",
        ["/api/users/guest"] = """{"name":"guest","tags":["administrator"],"limits":{},"hashing_algorithm":"rabbit_password_hashing_sha256"}""",
        ["/api/users/ada"] = """{"name":"ada","tags":[],"limits":{},"hashing_algorithm":"x","password_hash":"h"}""",
        ["/api/connections/username/ada"] = "[{}]",
        ["/api/vhosts"] = """[{"name":"/","description":"Default","tags":["prod","eu"],"default_queue_type":"classic","messages_ready":50440,"messages_unacknowledged":812},{"name":"shop","description":"","tags":[],"default_queue_type":"quorum","messages_ready":0,"messages_unacknowledged":0,"blocked_reason":"max-ready-messages is reached"}]""",
        ["/api/vhosts/%2F"] = """{"name":"/","description":"Default","tags":["prod","eu"],"default_queue_type":"classic","messages_ready":50440,"messages_unacknowledged":812}""",
        ["/api/vhosts/shop"] = """{"name":"shop","messages":3}""",
        ["/api/queues/shop"] = """[{"name":"a"},{"name":"b"}]""",
        ["/api/vhosts/%2F/permissions"] = """[{"user":"guest","vhost":"/","configure":".*","write":".*","read":".*"},{"user":"ada","vhost":"/","configure":"","write":"^orders","read":"^(orders|invoices)$"}]""",
        ["/api/permissions/%2F/guest"] = """{"user":"guest","vhost":"/","configure":".*","write":".*","read":".*"}""",
        ["/api/policies/%2F"] = """[{"vhost":"/","name":"lengths","pattern":"^mail","apply-to":"queues","definition":{"max-length":100000,"overflow":"reject-publish"},"priority":5}]""",
        ["/api/policies/%2F/short"] = """{"vhost":"/","name":"short","pattern":"^orders","apply-to":"all","definition":{"max-length":1000},"priority":0}""",
        ["/api/vhost-limits"] = """[{"vhost":"/","value":{"max-queues":1000,"max-connections":-1}}]""",
        ["/api/user-limits"] = """[{"user":"ada","value":{"max-connections":50}}]""",
        ["/api/definitions"] = """{"rabbitmq_version":"3.10.8","queues":[{"name":"orders","vhost":"/"}],"users":[]}""",
        ["/api/connections"] = """[{"name":"127.0.0.1:51000 -> 127.0.0.1:5672","client_properties":{"connection_name":"billing-7","product":"pika"},"user":"ada","vhost":"/","protocol":"AMQP 0-9-1","channels":2,"state":"running","connected_at":1763800000000},{"name":"10.1.2.3:40022 -> 10.1.2.1:5671","client_properties":{},"user":"guest","vhost":"shop","protocol":"AMQP 0-9-1","channels":2047,"state":"blocked","blocked_reason":"low on disk","ssl":true,"connected_at":1763800001500}]""",
        ["/api/connections/CONNECTION"] = """{"name":"CONNECTION","client_properties":{"connection_name":"billing-7","product":"pika"},"user":"ada","vhost":"/","protocol":"AMQP 0-9-1","channels":2,"state":"running","ssl":true,"ssl_protocol":"tlsv1.3","ssl_cipher":"TLS_AES_256_GCM_SHA384","connected_at":1763800000000}""",
        ["/api/channels"] = """[{"name":"127.0.0.1:51000 -> 127.0.0.1:5672 (1)","user":"ada","vhost":"/","consumer_count":1,"prefetch_count":50,"messages_unacknowledged":50,"confirm":true,"transactional":false,"state":"running"}]""",
        ["/api/health/checks/is-in-service"] = """{"status":"ok"}""",
        ["/api/health/checks/ready-to-serve-clients"] = """{"status":"ok"}""",
        ["/api/health/checks/virtual-hosts"] = """{"status":"ok"}""",
        ["/api/health/checks/alarms"] = """503 {"status":"failed","reason":"low on disk"}""",
        ["/api/health/checks/storage"] = """503 {"status":"failed","damages":[{"file":"segments/12.log"},{"file":"segments/12.log"}]}""",
    };

    /// <summary>What was asked, for assertions.</summary>
    public List<string> Requests { get; } = [];

    /// <summary>Answers that differ.</summary>
    public Dictionary<string, string> Special { get; } = [];

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        string path = request.RequestUri!.AbsolutePath;
        Requests.Add($"{request.Method} {request.RequestUri.PathAndQuery}");
        string? answer = Special.GetValueOrDefault(path) ?? (request.Method == HttpMethod.Get || path.EndsWith("/publish", StringComparison.Ordinal) ? Answers.GetValueOrDefault(path) : string.Empty);
        int status = answer switch
        {
            null => 404,
            "" => 204,
            _ when char.IsDigit(answer[0]) => int.Parse(answer[..3]),
            _ => 200,
        };
        string body = answer is null ? """{"error":"Object Not Found","reason":"Not Found"}""" : answer.TrimStart("0123456789 ".ToCharArray());
        return Task.FromResult(new HttpResponseMessage((HttpStatusCode)status) { Content = new StringContent(body, Encoding.UTF8, "application/json") });
    }
}
