using System.Text;
using System.Text.Json;
using Ropeway.Core.Queues;
using Ropeway.Core.Topology;
using Ropeway.Management.Definitions;
using Ropeway.Messages;

namespace Ropeway.Management.Tests;

/// <summary>Import and export of definitions.</summary>
public sealed class DefinitionTests(ManagementRig rig) : IClassFixture<ManagementRig>
{
    // Shortened from an export of RabbitMQ 3.10.8.
    private const string RabbitMqsExport = """
        {"rabbit_version":"3.10.8","rabbitmq_version":"3.10.8","product_name":"RabbitMQ","product_version":"3.10.8",
         "users":[{"name":"imported","password_hash":"kI3GCqW5JLMJa4iX1lo7X4D6XbYqlLgxIs30+P6tENUV2POR","hashing_algorithm":"rabbit_password_hashing_sha256","tags":["management"],"limits":{}}],
         "vhosts":[{"name":"from-rabbit"}],
         "permissions":[{"user":"imported","vhost":"from-rabbit","configure":".*","write":".*","read":".*"}],
         "topic_permissions":[{"user":"imported","vhost":"from-rabbit","exchange":"in","write":"^order","read":".*"}],"parameters":[],"global_parameters":[{"name":"internal_cluster_id","value":"rabbitmq-cluster-id-1"}],"policies":[],
         "queues":[{"name":"orders","vhost":"from-rabbit","durable":true,"auto_delete":false,"arguments":{"x-queue-type":"classic"}}],
         "exchanges":[{"name":"in","vhost":"from-rabbit","type":"topic","durable":true,"auto_delete":false,"internal":false,"arguments":{}}],
         "bindings":[{"source":"in","vhost":"from-rabbit","destination":"orders","destination_type":"queue","routing_key":"order.#","arguments":{}}]}
        """;

    [Fact]
    public async Task Import_OfRabbitMqsExport_BringsEverythingAndCanBeRepeated()
    {
        Assert.Equal(204, await rig.StatusAsync("POST", "/api/definitions", RabbitMqsExport));
        Assert.Equal(204, await rig.StatusAsync("POST", "/api/definitions", RabbitMqsExport));

        JsonElement bindings = await rig.JsonAsync("GET", "/api/bindings/from-rabbit/e/in/q/orders", login: "imported:test12");
        Assert.Equal("order.#", Assert.Single(bindings.EnumerateArray()).GetProperty("routing_key").GetString());
        Assert.True((await rig.JsonAsync("GET", "/api/queues/from-rabbit/orders", login: "imported:test12")).GetProperty("durable").GetBoolean());
    }

    [Fact]
    public async Task Import_AsFileOfAForm_IsTaken()
    {
        using var form = new MultipartFormDataContent { { new StringContent("ignored"), "redirect" }, { new StringContent("""{"vhosts":[{"name":"from-a-form"}]}"""), "file", "definitions.json" } };
        using HttpResponseMessage response = await rig.SendAsync("POST", "/api/definitions", form);
        Assert.Equal(204, (int)response.StatusCode);
        Assert.Equal(200, await rig.StatusAsync("GET", "/api/vhosts/from-a-form"));
    }

    [Fact]
    public async Task Import_AsFormWithoutTheFile_SaysWhatIsExpected()
    {
        using var other = new MultipartFormDataContent { { new StringContent("{}"), "upload", "definitions.json" } };
        Assert.Equal((400, "bad_request", "a form with a file in the field 'file' is expected, or JSON as the body"), await rig.RefusalAsync("POST", "/api/definitions", other));
        using var broken = new StringContent("no parts");
        broken.Headers.ContentType = System.Net.Http.Headers.MediaTypeHeaderValue.Parse("multipart/form-data; boundary=edge");
        (int status, string error, string reason) = await rig.RefusalAsync("POST", "/api/definitions", broken);
        Assert.Equal((400, "bad_request"), (status, error));
        Assert.StartsWith("this is no multipart/form-data: ", reason, StringComparison.Ordinal);
        using var boundless = new StringContent("no parts");
        boundless.Headers.ContentType = System.Net.Http.Headers.MediaTypeHeaderValue.Parse("multipart/form-data");
        Assert.Equal(400, (await rig.RefusalAsync("POST", "/api/definitions", boundless)).Status);
        using var endless = new StringContent("no parts");
        endless.Headers.ContentType = System.Net.Http.Headers.MediaTypeHeaderValue.Parse("multipart/form-data; boundary=" + new string('x', 5000));
        Assert.Equal((400, "bad_request", "the boundary of a form has 1 to 70 characters (RFC 2046), this one has 5000"), await rig.RefusalAsync("POST", "/api/definitions", endless));
    }

    [Fact]
    public async Task Export_WithTheDeepestArgumentsThatAmqpTakes_CanBeImported()
    {
        Assert.True(rig.Broker.VirtualHosts.TryGet("/", out VirtualHost? host));
        host.DeclareQueue(new QueueSettings("deep", Durable: true, Exclusive: false, AutoDelete: false, Nested(FieldTableCodec.NestingMax), Owner: null));
        Assert.Equal(201, await rig.StatusAsync("PUT", "/api/global-parameters/deep", "{\"value\":" + new string('[', 31) + new string(']', 31) + "}"));
        string export = (await rig.JsonAsync("GET", "/api/definitions")).GetRawText();

        Assert.Equal(204, await rig.StatusAsync("POST", "/api/definitions", export));

        await rig.StatusAsync("DELETE", "/api/queues/%2F/deep");
        await rig.StatusAsync("DELETE", "/api/global-parameters/deep");
    }

    [Fact]
    public async Task Import_OfArgumentsThatAreDeeperThanAmqpTakes_IsRefused()
    {
        string arguments = string.Concat(Enumerable.Repeat("{\"k\":", FieldTableCodec.NestingMax)) + "{}" + new string('}', FieldTableCodec.NestingMax);
        (int status, _, string reason) = await rig.RefusalAsync("POST", "/api/definitions", $$"""{"queues":[{"name":"deeper","vhost":"/","durable":true,"arguments":{{arguments}}}]}""");

        Assert.Equal((400, "queues[0] 'deeper': tables and arrays are nested deeper than 32"), (status, reason));
    }

    [Fact]
    public async Task Import_OfABindingThatLooksLikeOneThatIsThere_AddsNone()
    {
        Assert.True(rig.Broker.VirtualHosts.TryGet("/", out VirtualHost? host));
        await rig.StatusAsync("PUT", "/api/queues/%2F/timed", """{"durable":true}""");
        host.BindQueue("amq.direct", "timed", "k", new FieldTable { { "at", new FieldTimestamp(5) } }, owner: null); // 5 in JSON.
        string export = (await rig.JsonAsync("GET", "/api/definitions/%2F")).GetRawText();

        Assert.Equal(204, await rig.StatusAsync("POST", "/api/definitions/%2F", export));

        Assert.Single((await rig.JsonAsync("GET", "/api/bindings/%2F/e/amq.direct/q/timed")).EnumerateArray());
        await rig.StatusAsync("DELETE", "/api/queues/%2F/timed");
    }

    [Fact]
    public async Task Import_WithBindingsThereThatLookTheSame_IsDoneAndTold()
    {
        Assert.True(rig.Broker.VirtualHosts.TryGet("/", out VirtualHost? host));
        await rig.StatusAsync("PUT", "/api/queues/%2F/twins", """{"durable":true}""");
        host.BindQueue("amq.direct", "twins", "k", new FieldTable { { "at", new FieldTimestamp(5) } }, owner: null);
        host.BindQueue("amq.direct", "twins", "k", new FieldTable { { "at", 5L } }, owner: null);
        const string Document = """{"queues":[{"name":"beside-twins","vhost":"/","durable":true}]}""";

        JsonElement diff = await rig.JsonAsync("POST", "/api/ropeway/definitions/diff", Document);
        Assert.Equal(1, diff.GetProperty("add").GetInt32());
        JsonElement import = await rig.JsonAsync("POST", $"/api/ropeway/definitions?if_state={diff.GetProperty("state").GetString()}", Document);
        string id = import.GetProperty("import").GetProperty("id").GetString()!;
        Assert.Equal(1, (await rig.JsonAsync("POST", $"/api/ropeway/definitions/imports/{id}/undo")).GetProperty("deleted").GetInt32());
        await rig.StatusAsync("DELETE", "/api/queues/%2F/twins");
    }

    [Fact]
    public void Key_OfABinding_TellsArgumentsApartWhoseNamesLookLikeOthers() => Assert.NotEqual(
        DefinitionKey.OfBinding("/", "e", toQueue: true, "q", "k", new FieldTable { { "a", 1L }, { "b", 2L } }),
        DefinitionKey.OfBinding("/", "e", toQueue: true, "q", "k", new FieldTable { { "a=1\nb", 2L } }));

    [Fact]
    public async Task Export_ImportedElsewhere_GivesTheSame()
    {
        await rig.StatusAsync("POST", "/api/definitions", RabbitMqsExport);
        string export = (await rig.JsonAsync("GET", "/api/definitions")).GetRawText();
        using var other = new ManagementRig();
        DefinitionImport.Apply(other.Broker, Encoding.UTF8.GetBytes(export));
        await other.InitializeAsync();
        try
        {
            string again = (await other.JsonAsync("GET", "/api/definitions")).GetRawText();
            Assert.Equal(Sorted(export), Sorted(again));
        }
        finally
        {
            await ((IAsyncLifetime)other).DisposeAsync();
        }
    }

    [Fact]
    public async Task Import_IntoOneVirtualHost_TakesTopologyOnly()
    {
        Assert.Equal(201, await rig.StatusAsync("PUT", "/api/vhosts/single"));
        Assert.Equal(204, await rig.StatusAsync("POST", "/api/definitions/single", """{"users":[{"name":"no","tags":""}],"queues":[{"name":"only","durable":true}]}"""));
        Assert.Equal(200, await rig.StatusAsync("GET", "/api/queues/single/only"));
        Assert.Equal(404, await rig.StatusAsync("GET", "/api/users/no"));
    }

    [Theory]
    [InlineData("""{"vhosts":[{"name":"half"}],"queues":[{"name":"q","vhost":"half"},{"name":"q","vhost":"none"}]}""", "queues[1] 'q'")]
    [InlineData("""{"users":[{"name":"half","tags":""}],"vhosts":[{"name":"half"}],"bindings":[{"source":"amq.direct","vhost":"half","destination":"none","destination_type":"queue"}]}""", "bindings[0] 'amq.direct'")]
    [InlineData("""{"vhosts":[{"name":"half"}],"queues":[{"name":"there","vhost":"/","durable":false}]}""", "queues[0] 'there'")]
    [InlineData("""{"vhosts":[{"name":"half"}],"parameters":[{"component":"vhost-limits","vhost":"half","name":"limits","value":{"max-queues":1}}],"queues":[{"name":"a","vhost":"half"},{"name":"b","vhost":"half"}]}""", "queues[1] 'b'")]
    [InlineData("""{"vhosts":[{"name":"half"}],"policies":[{"name":"p","vhost":"/","pattern":".*","definition":{"max-length":5}},{"name":"q","vhost":"/","pattern":"(","definition":{"max-length":5}}]}""", "policies[1] 'q'")]
    public async Task Import_WithABadEntry_ChangesNothing(string document, string reason)
    {
        await rig.StatusAsync("PUT", "/api/queues/%2F/there", """{"durable":true}""");
        string before = (await rig.JsonAsync("GET", "/api/definitions")).GetRawText();

        (int status, _, string refusal) = await rig.RefusalAsync("POST", "/api/definitions", document);

        Assert.Equal(400, status);
        Assert.Contains(reason, refusal, StringComparison.Ordinal);
        Assert.Equal(before, (await rig.JsonAsync("GET", "/api/definitions")).GetRawText());
    }

    [Fact]
    public async Task Import_OfMoreQueuesThanTheLimit_CountsThoseThatItDoesNotName()
    {
        await rig.StatusAsync("PUT", "/api/vhosts/limited", "{}");
        await rig.StatusAsync("PUT", "/api/queues/limited/one", "{}");
        await rig.StatusAsync("PUT", "/api/queues/limited/two", "{}");
        await rig.StatusAsync("PUT", "/api/vhost-limits/limited/max-queues", """{"value":3}""");

        Assert.Equal(204, await rig.StatusAsync("POST", "/api/definitions", """{"queues":[{"name":"one","vhost":"limited"},{"name":"three","vhost":"limited"}]}"""));
        Assert.Equal(400, await rig.StatusAsync("POST", "/api/definitions", """{"exchanges":[{"name":"made","vhost":"limited"}],"queues":[{"name":"four","vhost":"limited"}]}"""));
        Assert.Equal(404, await rig.StatusAsync("GET", "/api/exchanges/limited/made"));
    }

    [Theory]
    [InlineData("""{"users":[{"name":"ok","tags":""},{"name":"bad"}]}""", "users[1] 'bad': tags_not_present")]
    [InlineData("""{"permissions":[{"user":"guest","vhost":"nosuch","configure":"","write":"","read":""}]}""", "permissions[0] 'guest': vhost_or_user_not_found")]
    [InlineData("""{"queues":[{"name":"q","vhost":"nosuch"}]}""", "queues[0] 'q': no_such_vhost 'nosuch'")]
    [InlineData("""{"queues":[{"vhost":"/"}]}""", "queues[0] '': [{key_missing,name}]")]
    [InlineData("""{"exchanges":[{"name":"e","vhost":"/","type":"nosuch"}]}""", "exchanges[0] 'e': unknown exchange type 'nosuch'")]
    [InlineData("""{"bindings":[{"source":"amq.direct","vhost":"/","destination":"none","destination_type":"queue"}]}""", "bindings[0] 'amq.direct': no queue 'none' in vhost '/'")]
    [InlineData("""{"bindings":[{"source":"amq.direct","vhost":"/","destination":"none","destination_type":"x"}]}""", "bindings[0] 'amq.direct': destination_type 'x'")]
    [InlineData("""{"queues":{}}""", "'queues' must be an array")]
    public async Task Import_OfABadEntry_NamesIt(string document, string reason)
    {
        (int status, _, string text) = await rig.RefusalAsync("POST", "/api/definitions", document);

        Assert.Equal(400, status);
        Assert.Contains(reason, text, StringComparison.Ordinal);
        Assert.Contains(reason, Assert.Throws<InvalidDataException>(() => DefinitionImport.Apply(rig.Broker, Encoding.UTF8.GetBytes(document))).Message, StringComparison.Ordinal);
    }

    /// <summary>So many tables in each other.</summary>
    private static FieldTable Nested(int count)
    {
        var table = new FieldTable();
        for (int i = 1; i < count; i++)
        {
            table = new FieldTable { { "k", table } };
        }

        return table;
    }

    /// <summary>The entries of each section in a fixed order: brokers list them in their own.</summary>
    private static string Sorted(string export)
    {
        JsonElement document = JsonSerializer.Deserialize<JsonElement>(export);
        return string.Join('\n', document.EnumerateObject().Select(section => section.Value.ValueKind == JsonValueKind.Array
            ? section.Name + string.Join(',', section.Value.EnumerateArray().Select(entry => entry.GetRawText()).Order(StringComparer.Ordinal))
            : section.Name + section.Value.GetRawText()));
    }
}
