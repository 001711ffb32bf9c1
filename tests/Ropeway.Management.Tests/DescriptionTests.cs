using System.Text.Json;
using System.Text.RegularExpressions;
using Ropeway.Management.Endpoints;
using Ropeway.Management.Http;

namespace Ropeway.Management.Tests;

/// <summary>The description of the API: it names every endpoint, and what they answer is as it says.</summary>
public sealed partial class DescriptionTests(ManagementRig rig) : IClassFixture<ManagementRig>
{
    private const string Address = "/api/openapi.json";

    /// <summary>What is answered without names that have to be there.</summary>
    public static TheoryData<string> Answers =>
    [
        "/api/overview", "/api/whoami", "/api/nodes", "/api/nodes/{node}", "/api/cluster-name", "/api/feature-flags", "/api/auth", "/api/extensions", "/api/vhosts", "/api/vhosts/{vhost}",
        "/api/users", "/api/users/{user}", "/api/permissions", "/api/topic-permissions", "/api/policies", "/api/operator-policies", "/api/vhost-limits", "/api/user-limits", "/api/parameters",
        "/api/global-parameters", "/api/connections", "/api/channels", "/api/consumers", "/api/queues", "/api/queues/{vhost}/{name}", "/api/exchanges", "/api/bindings", "/api/definitions",
        "/api/health/checks/alarms", "/api/health/checks/storage", "/api/ropeway/definitions/imports", "/api/ropeway/jobs", "/api/ropeway/queues", "/api/ropeway/overview", "/api/ropeway/findings", "/api/ropeway/audit",
        "/api/ropeway/samples/overview", "/api/ropeway/tracing", "/api/ropeway/session", "/api/ropeway/queues/{vhost}/{name}/messages", "/api/ropeway/queues/{vhost}/{name}/messages/{sequence}",
    ];

    [Fact]
    public async Task Description_OfAllEndpoints_IsWhole()
    {
        JsonElement document = await rig.JsonAsync("GET", Address);

        Assert.Equal("3.1.0", document.GetProperty("openapi").GetString());
        string[] described = [.. document.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject().Select(method => $"{method.Name.ToUpperInvariant()} {path.Name}"))];
        Assert.Equal(ApiRoutes.All(rig.Live).Select(route => $"{route.Method} {route.Pattern}").Order(StringComparer.Ordinal), described.Order(StringComparer.Ordinal));
        JsonElement[] operations = [.. document.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject()).Select(method => method.Value)];
        Assert.Equal(operations.Length, operations.Select(operation => operation.GetProperty("operationId").GetString()).Distinct(StringComparer.Ordinal).Count());
        Assert.All(operations, operation => Assert.EndsWith(".", operation.GetProperty("summary").GetString(), StringComparison.Ordinal));
        Assert.All(Reference().Matches(document.GetRawText()), reference => Assert.True(Resolve(document, reference.Groups[1].Value).ValueKind == JsonValueKind.Object, reference.Value));
    }

    [Fact]
    public async Task Description_OfPaths_DeclaresWhatIsInThem()
    {
        JsonElement document = await rig.JsonAsync("GET", Address);
        string[] shapes = [.. document.GetProperty("paths").EnumerateObject().Select(path => PathParameter().Replace(path.Name, "{}"))];
        Assert.Equal(shapes.Length, shapes.Distinct(StringComparer.Ordinal).Count());
        foreach (JsonProperty path in document.GetProperty("paths").EnumerateObject())
        {
            string[] names = [.. PathParameter().Matches(path.Name).Select(match => match.Groups[1].Value)];
            Assert.Equal(names.Length, names.Distinct(StringComparer.Ordinal).Count());
            Assert.All(path.Value.EnumerateObject(), method => Assert.Equal(
                names,
                method.Value.GetProperty("parameters").EnumerateArray().Where(parameter => parameter.GetProperty("in").GetString() == "path").Select(parameter => parameter.GetProperty("name").GetString())));
        }
    }

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task Answer_OfAnEndpoint_IsAsDescribed(string path)
    {
        await rig.StatusAsync("PUT", "/api/queues/%2F/described", """{"durable":true,"arguments":{"x-queue-type":"quorum"}}""");
        await rig.StatusAsync("POST", "/api/exchanges/%2F/amq.default/publish", """{"properties":{},"routing_key":"described","payload":"x","payload_encoding":"string"}""");
        await rig.StatusAsync("POST", "/api/definitions", """{"queues":[{"name":"imported","vhost":"/"}]}""");
        await rig.StatusAsync("PUT", "/api/policies/%2F/described", """{"pattern":"^described$","definition":{"max-length":1000}}""");
        await rig.StatusAsync("PUT", "/api/vhost-limits/%2F/max-queues", """{"value":1000000}""");
        JsonElement document = await rig.JsonAsync("GET", Address);
        JsonElement schema = document.GetProperty("paths").GetProperty(path).GetProperty("get").GetProperty("responses").GetProperty("200").GetProperty("content").GetProperty("application/json").GetProperty("schema");

        string address = path.Replace("{node}", rig.Broker.NodeName, StringComparison.Ordinal).Replace("{vhost}", "%2F", StringComparison.Ordinal).Replace("{name}", "described", StringComparison.Ordinal)
            .Replace("{user}", "guest", StringComparison.Ordinal).Replace("{sequence}", "0", StringComparison.Ordinal);

        Assert.Empty(Faults(document, schema, await rig.JsonAsync("GET", address), "$"));
        if (schema.TryGetProperty("oneOf", out _))
        {
            Assert.Empty(Faults(document, schema, await rig.JsonAsync("GET", address + "?page=1"), "$"));
        }
    }

    [Fact]
    public async Task Description_ForWhoHasNoTag_IsRefused()
    {
        rig.AddUser("untagged", "none");
        Assert.Equal(401, await rig.StatusAsync("GET", Address, login: "untagged:untagged"));
    }

    /// <summary>Where a value is not as its schema says: types, fields that are missing, and fields that it does not know.</summary>
    private static IEnumerable<string> Faults(JsonElement document, JsonElement schema, JsonElement value, string path)
    {
        if (schema.ValueKind != JsonValueKind.Object)
        {
            return [];
        }

        if (schema.TryGetProperty("$ref", out JsonElement reference))
        {
            return Faults(document, Resolve(document, reference.GetString()!), value, path);
        }

        if (schema.TryGetProperty("anyOf", out JsonElement choices) || schema.TryGetProperty("oneOf", out choices))
        {
            string[][] faults = [.. choices.EnumerateArray().Select(choice => Faults(document, choice, value, path).ToArray())];
            return faults.Any(found => found.Length == 0) ? [] : faults.SelectMany(found => found);
        }

        string[] types = !schema.TryGetProperty("type", out JsonElement type) ? [] : type.ValueKind == JsonValueKind.Array ? [.. type.EnumerateArray().Select(one => one.GetString()!)] : [type.GetString()!];
        if (types.Length > 0 && !types.Any(name => Fits(name, value)))
        {
            return [$"{path}: {value.ValueKind} is none of {string.Join(", ", types)}"];
        }

        return value.ValueKind switch
        {
            JsonValueKind.Array when schema.TryGetProperty("items", out JsonElement items) => value.EnumerateArray().SelectMany((item, index) => Faults(document, items, item, $"{path}[{index}]")),
            JsonValueKind.Object => FaultsOfObject(document, schema, value, path),
            _ => [],
        };
    }

    private static IEnumerable<string> FaultsOfObject(JsonElement document, JsonElement schema, JsonElement value, string path)
    {
        if (schema.TryGetProperty("required", out JsonElement required))
        {
            foreach (JsonElement name in required.EnumerateArray().Where(name => !value.TryGetProperty(name.GetString()!, out _)))
            {
                yield return $"{path}.{name} is missing";
            }
        }

        if (!schema.TryGetProperty("properties", out JsonElement properties))
        {
            yield break;
        }

        foreach (JsonProperty member in value.EnumerateObject())
        {
            if (!properties.TryGetProperty(member.Name, out JsonElement known))
            {
                if (schema.TryGetProperty("additionalProperties", out _))
                {
                    continue;
                }

                yield return $"{path}.{member.Name} is not described";
                continue;
            }

            foreach (string fault in Faults(document, known, member.Value, $"{path}.{member.Name}"))
            {
                yield return fault;
            }
        }
    }

    private static bool Fits(string type, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => type == "null",
        JsonValueKind.True or JsonValueKind.False => type == "boolean",
        JsonValueKind.String => type == "string",
        JsonValueKind.Number => type == "number" || (type == "integer" && value.TryGetInt64(out _)),
        JsonValueKind.Array => type == "array",
        _ => type == "object",
    };

    private static JsonElement Resolve(JsonElement document, string reference) =>
        reference.Split('/').Skip(1).Aggregate(document, (element, name) => element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement found) ? found : default);

    [GeneratedRegex("\"\\$ref\":\"([^\"]+)\"")]
    private static partial Regex Reference();

    [GeneratedRegex(@"\{([^}]+)\}")]
    private static partial Regex PathParameter();
}
