using System.Net;
using System.Text;

namespace Ropeway.CommandLine.Tests;

/// <summary>A broker whose answers are always the same, with names and numbers that are hard to show.</summary>
internal sealed class CannedBroker : HttpMessageHandler
{
    private const string EventStream = "event-stream\n"; // An answer that is no JSON.

    private static readonly Dictionary<string, string> Answers = new()
    {
        ["/api/queues/%2F"] = """
            [
              {"name":"mail.outgoing","vhost":"/","type":"quorum","durable":true,"messages":48251,"messages_ready":48201,"messages_unacknowledged":50,"messages_delayed":0,"messages_kept":0,"consumers":1,"policy":null,"state":"running","arguments":{"x-queue-type":"quorum"}},
              {"name":"orders.eu-central-1.customers.with-a-name-that-nobody-would-type-twice.v2","vhost":"/","type":"classic","durable":true,"messages":12400000,"messages_ready":12400000,"messages_unacknowledged":0,"messages_delayed":3,"messages_kept":0,"consumers":0,"policy":"lengths","state":"running","arguments":{}},
              {"name":"注文\u202eevil\t😀","vhost":"/","type":"stream","durable":true,"messages":1,"messages_ready":1,"messages_unacknowledged":0,"messages_delayed":0,"messages_kept":0,"consumers":12,"policy":null,"state":"crashed","out_of_service":"a checksum is wrong","arguments":{"x-queue-type":"stream","x-max-age":"7D"}}
            ]
            """,
        ["/api/ropeway/queues"] = """
            {"items":[
              {"vhost":"/","name":"mail.outgoing","waiting":48201,"held":50,"in_rate":80.2,"out_rate":57.1,"ack_rate":57.0,"oldest_s":372.4,"empty_in_s":"growing","state":"growing","reason":"1 consumer at its limit of 50"},
              {"vhost":"/","name":"orders.eu-central-1.customers.with-a-name-that-nobody-would-type-twice.v2","waiting":12400000,"held":0,"in_rate":0.05,"out_rate":0,"ack_rate":0,"oldest_s":68400,"empty_in_s":null,"state":"no consumer","reason":"nobody consumes it"}
            ],"total":3,"matched":3,"next":null,"incomplete":false}
            """,
        ["/api/ropeway/findings"] = """[{"id":"queue.growing","severity":"warn","kind":"queue","vhost":"/","name":"mail.outgoing","since":"2026-03-01T14:00:00.000Z","fact":"grows by 23/s","cause":"1 consumer holds 50 of 50 allowed","messages":48201,"act":null},{"id":"queue.no-consumer","severity":"bad","kind":"queue","vhost":"/","name":"orders.dead","since":"2026-03-01T09:00:00.000Z","fact":"holds 1,204 messages and nobody consumes it","cause":null,"messages":1204,"act":null}]""",
        ["/api/ropeway/findings?snoozed=true"] = """[{"id":"disk.space","severity":"warn","kind":"node","vhost":null,"name":"rw-1","since":"2026-03-01T14:00:00.000Z","fact":"the disk is 82 % full","cause":null,"messages":0,"act":null,"snoozed_until":"2026-03-02T14:00:00.000Z","snoozed_by":"ada","snoozed_reason":"a new disk is ordered"},{"id":"queue.growing","severity":"warn","kind":"queue","vhost":"shop","name":"a","since":"2026-03-01T14:00:00.000Z","fact":"grows by 2/s","cause":null,"messages":200,"act":null,"snoozed_until":"2026-03-02T14:00:00.000Z","snoozed_by":"ada","snoozed_reason":""},{"id":"queue.growing","severity":"warn","kind":"queue","vhost":"shop","name":"b","since":"2026-03-01T14:00:00.000Z","fact":"grows by 2/s","cause":null,"messages":200,"act":null,"snoozed_until":"2026-03-02T14:00:00.000Z","snoozed_by":"ada","snoozed_reason":""}]""",
        ["/api/ropeway/log"] = """[{"time":"2026-03-01T14:00:00.000Z","level":"info","category":"Ropeway.Server","event":1001,"message":"Listening on amqp://127.0.0.1:5672, with a text that is longer than a narrow terminal has room for","fields":{"Address":"amqp://127.0.0.1:5672"}},{"time":"2026-03-01T14:00:01.250Z","level":"warn","category":"Ropeway.Transport","event":2003,"message":"A client said \u001b[31mred","fields":{}}]""",
        ["/api/ropeway/log/events"] = "event-stream\nid: s-2\nevent: snapshot\ndata: [{\"time\":\"2026-03-01T14:00:00.000Z\",\"level\":\"info\",\"message\":\"first\"},{\"time\":\"2026-03-01T14:00:01.000Z\",\"level\":\"info\",\"message\":\"second\"}]\n\n:\n\nid: s-3\nevent: lines\ndata: [{\"time\":\"2026-03-01T14:00:02.000Z\",\"level\":\"error\",\"message\":\"third\"}]\n\nid: s-3\nevent: skipped\ndata: {\"count\":40,\"by_event\":{\"7\":40}}\n\n",
        ["/api/ropeway/audit"] = """[{"time":"2026-03-01T14:00:01.000Z","user":"ada","address":"10.1.2.3","act":"delete queue","object":"/ orders.eu-central-1.customers.with-a-name-that-nobody-would-type-twice.v2","result":"refused: access to queue 'orders' in vhost '/' refused for user 'ada'","count":1},{"time":"2026-03-01T13:00:00.000Z","user":"guest","address":"127.0.0.1","act":"purge queue","object":"/ orders","result":"done","count":3}]""",
        ["/api/ropeway/delayed"] = """{"messages":[{"vhost":"/","exchange":"reminders","queue":null,"routing_key":"mail.tomorrow","sequence":9000000007,"due":"2026-03-02T14:00:00.000Z","published":"2026-03-01T14:00:00.000Z","size":1536,"persistent":true},{"vhost":"/","exchange":"","queue":"orders","routing_key":"orders","sequence":8,"due":"2026-03-03T14:00:00.000Z","published":"2026-03-01T14:00:00.000Z","size":7,"persistent":true}],"total":2,"next":null}""",
        ["/api/ropeway/jobs"] = """[{"id":"7f3a","kind":"redrive","state":"running","done":746,"failed":0,"scanned":746,"total":1204,"rate":200,"dry_run":false,"user":"guest","source":{"vhost":"/","queue":"orders.dead"},"target":null,"result":{"targets":{"orders.eu":746},"left":{}},"error":null,"started":"2026-03-01T14:00:00.000Z","ended":null,"undo_until":null,"undone":false}]""",
        ["/api/ropeway/jobs/JOB"] = """{"id":"JOB","kind":"purge","state":"done","done":1204,"failed":0,"scanned":1204,"total":1204,"rate":null,"dry_run":false,"user":"guest","source":{"vhost":"/","queue":"orders"},"target":null,"result":{"targets":{},"left":{}},"error":null,"started":"2026-03-01T14:00:00.000Z","ended":"2026-03-01T14:00:00.200Z","undo_until":"2026-03-01T14:10:00.000Z","undone":false}""",
        ["POST /api/ropeway/jobs"] = """{"id":"JOB","kind":"redrive","state":"done","done":1204,"failed":0,"scanned":1204,"total":1204,"rate":null,"dry_run":true,"user":"guest","source":{"vhost":"/","queue":"orders"},"target":null,"result":{"targets":{"orders.eu":1180,"orders.us":24},"left":{"unknown":2}},"error":null,"started":"2026-03-01T14:00:00.000Z","ended":"2026-03-01T14:00:00.200Z","undo_until":null,"undone":false}""",
        ["DELETE /api/ropeway/queues/%2F/invoices"] = """{"messages":1,"undo_until":"2026-03-01T14:10:00.000Z","job":"7f3a"}""",
        ["/api/queues/%2F/orders"] = """{"name":"orders","vhost":"/","type":"classic","durable":true,"exclusive":false,"auto_delete":false,"messages":1204,"messages_ready":1204,"messages_unacknowledged":0,"messages_delayed":0,"messages_kept":0,"consumers":1,"policy":null,"state":"running","arguments":{},"effective_arguments":{"x-max-length":1000},"consumer_details":[{"consumer_tag":"ctag1"}]}""",
        ["/api/queues/%2F/invoices"] = """{"name":"invoices","vhost":"/","messages":1,"messages_ready":1,"consumers":0}""",
        ["/api/overview"] = """{"node":"rw-1","product_version":"0.1.0","queue_totals":{"messages_ready":50440,"messages_unacknowledged":812},"object_totals":{"queues":3007,"exchanges":12,"connections":2418,"channels":2500,"consumers":90},"listeners":[{"protocol":"amqp","ip_address":"::1","port":5672},{"protocol":"http","ip_address":"127.0.0.1","port":15672}]}""",
        ["/api/nodes/rw-1"] = """{"name":"rw-1","uptime":1051200000,"mem_used":3221225472,"mem_limit":9663676416,"mem_alarm":false,"disk_free":52428800000,"disk_free_limit":50000000,"disk_free_alarm":true}""",
        ["/api/exchanges/%2F"] = """[{"name":"","vhost":"/","type":"direct","durable":true,"auto_delete":false,"internal":false,"arguments":{}},{"name":"events","vhost":"/","type":"topic","durable":true,"auto_delete":false,"internal":false,"arguments":{"alternate-exchange":"unrouted"}},{"name":"tmp","vhost":"/","type":"fanout","durable":false,"auto_delete":true,"internal":true,"arguments":{}}]""",
        ["/api/exchanges/%2F/events"] = """{"name":"events","vhost":"/","type":"topic","durable":true,"auto_delete":false,"internal":false,"arguments":{}}""",
        ["/api/exchanges/%2F/news"] = """{"name":"news","vhost":"/","type":"fanout","durable":true,"auto_delete":false,"internal":false,"arguments":{}}""",
        ["/api/exchanges/%2F/news/bindings/source"] = """[{"source":"news"},{"source":"news"}]""",
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
        ["/api/ropeway/definitions/imports"] = """[{"id":"5c1e","at":"2026-03-01T14:00:00.000Z","user":"ada","vhost":null,"added":1204,"changed":3,"deleted":0,"undo_until":"2026-03-02T14:00:00.000Z","undone":false},{"id":"07bd","at":"2026-03-01T13:00:00.000Z","user":"guest","vhost":"shop","added":0,"changed":0,"deleted":12,"undo_until":"2026-03-02T13:00:00.000Z","undone":true}]""",
        ["/api/definitions"] = """{"rabbitmq_version":"3.10.8","queues":[{"name":"orders","vhost":"/"}],"users":[]}""",
        ["/api/connections"] = """[{"name":"127.0.0.1:51000 -> 127.0.0.1:5672","client_properties":{"connection_name":"billing-7","product":"pika"},"user":"ada","vhost":"/","protocol":"AMQP 0-9-1","channels":2,"state":"running","connected_at":1763800000000},{"name":"10.1.2.3:40022 -> 10.1.2.1:5671","client_properties":{},"user":"guest","vhost":"shop","protocol":"AMQP 0-9-1","channels":2047,"state":"blocked","blocked_reason":"low on disk","ssl":true,"connected_at":1763800001500}]""",
        ["/api/connections/CONNECTION"] = """{"name":"CONNECTION","client_properties":{"connection_name":"billing-7","product":"pika"},"user":"ada","vhost":"/","protocol":"AMQP 0-9-1","channels":2,"state":"running","ssl":true,"ssl_protocol":"tlsv1.3","ssl_cipher":"TLS_AES_256_GCM_SHA384","connected_at":1763800000000}""",
        ["/api/ropeway/queues/%2F/orders/messages"] = """{"messages":[{"sequence":9000000000,"published":"2026-03-01T14:00:00.250Z","exchange":"events","routing_key":"order.new","size":1536,"tries":0,"redelivered":false,"persistent":true,"priority":0,"expires":null,"preview":"{\"id\":1, \"text\":\"a preview that is a little longer than a narrow terminal has room for\"}","holder":{"connection":"127.0.0.1:51000 -> 127.0.0.1:5672","channel":1,"consumer_tag":"ctag1","since":"2026-03-01T14:00:01.000Z"},"due":null},{"sequence":9000000001,"published":"2026-03-01T14:00:01.000Z","exchange":"","routing_key":"orders","size":2097152,"tries":4,"redelivered":true,"persistent":true,"priority":0,"expires":null,"preview":null,"holder":null,"due":null}],"scanned":2,"scanned_bytes":2098688,"matched":2,"next":null,"previous":null,"done":true,"total":2}""",
        ["/api/ropeway/queues/%2F/orders/messages/0"] = """{"sequence":0,"published":"2026-03-01T14:00:00.250Z","exchange":"events","routing_key":"order.new","size":7,"tries":1,"redelivered":true,"persistent":true,"priority":0,"expires":null,"holder":null,"due":null,"properties":{"delivery_mode":2},"headers":[{"name":"kind","type":"text","value":"order"}],"deaths":[{"reason":"rejected","queue":"orders","count":2}],"body":{"size":7,"text":"{\"a\":1}","base64":null,"truncated":false,"encoding":null}}""",
        ["POST /api/ropeway/definitions/diff"] = """{"state":"0a1b","add":2,"change":1,"same":4,"refused":0,"ignored":1,"entries":[{"section":"vhosts","index":0,"name":"shop","vhost":null,"kind":"change","changes":[{"field":"description","old":"\"\"","new":"\"orders\""}],"reason":null},{"section":"parameters","index":0,"name":"up","vhost":"/","kind":"ignored","changes":[],"reason":"federation-upstream"},{"section":"queues","index":0,"name":"a","vhost":"/","kind":"add","changes":[],"reason":null},{"section":"queues","index":1,"name":"b","vhost":"/","kind":"add","changes":[],"reason":null}],"more_entries":0}""",
        ["/api/ropeway/routing/explain"] = """{"queues":["orders"],"unroutable":false,"steps":[{"exchange":"events","type":"topic","binding":{"routing_key":"order.*","arguments":{},"properties_key":"order.*"},"destination":"orders","destination_type":"queue","matched":true,"why":"the pattern matches"},{"exchange":"events","type":"topic","binding":{"routing_key":"order.*.eu","arguments":{},"properties_key":"order.*.eu"},"destination":"orders.eu","destination_type":"queue","matched":false,"why":"key has 2 words, pattern needs 3 words"}],"more_steps":0,"alternate":[],"held_by":[],"held_until":null,"refused":null}""",
        ["/api/channels"] = """[{"name":"127.0.0.1:51000 -> 127.0.0.1:5672 (1)","user":"ada","vhost":"/","consumer_count":1,"prefetch_count":50,"messages_unacknowledged":50,"confirm":true,"transactional":false,"state":"running"}]""",
        ["/api/consumers/%2F"] = """[{"queue":{"name":"orders","vhost":"/"},"consumer_tag":"ctag1","ack_required":true,"active":true,"activity_status":"up","exclusive":false,"prefetch_count":50,"arguments":{"x-priority":2},"channel_details":{"name":"127.0.0.1:51000 -> 127.0.0.1:5672 (1)","number":1,"user":"ada"}},{"queue":{"name":"mail.outgoing","vhost":"/"},"consumer_tag":"amq.ctag-with-a-name-that-is-longer","ack_required":false,"active":false,"activity_status":"waiting","exclusive":false,"prefetch_count":0,"arguments":{},"channel_details":{"name":"10.1.2.3:40022 -> 10.1.2.1:5671 (2)","number":2,"user":"guest"}}]""",
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
        string? answer = Special.GetValueOrDefault(path) ?? (request.RequestUri.Query.Length > 0 ? Answers.GetValueOrDefault(request.RequestUri.PathAndQuery) : null) ?? (request.Method == HttpMethod.Get || path.EndsWith("/explain", StringComparison.Ordinal) ? Answers.GetValueOrDefault(path) : Answers.GetValueOrDefault($"{request.Method} {path}") ?? string.Empty);
        int status = answer switch
        {
            null => 404,
            "" => 204,
            _ when char.IsDigit(answer[0]) => int.Parse(answer[..3]),
            _ => 200,
        };
        string body = answer is null ? """{"error":"Object Not Found","reason":"Not Found"}""" : answer.StartsWith(EventStream, StringComparison.Ordinal) ? answer[EventStream.Length..] : answer.TrimStart("0123456789 ".ToCharArray());
        return Task.FromResult(new HttpResponseMessage((HttpStatusCode)status) { Content = new StringContent(body, Encoding.UTF8, "application/json") });
    }
}
