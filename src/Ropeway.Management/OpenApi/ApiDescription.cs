using System.Text;
using System.Text.Json.Nodes;
using Ropeway.Core;
using Ropeway.Management.Http;
using Ropeway.Management.Views;

namespace Ropeway.Management.OpenApi;

/// <summary>The description of the API (OpenAPI 3.1), made of the routes themselves and of what <see cref="RabbitOperations"/> and <see cref="OwnOperations"/> say of them. Pure; any thread.</summary>
internal static class ApiDescription
{
    private const string Json = "application/json";

    private static readonly Dictionary<string, string> PathParameters = new(StringComparer.Ordinal)
    {
        ["vhost"] = "The virtual host; / is %2F.",
        ["type"] = "q for a queue, e for an exchange.",
        ["key"] = "The properties_key of the binding.",
        ["sequence"] = "The message's number.",
    };

    /// <summary>Makes it.</summary>
    /// <param name="routes">All endpoints.</param>
    /// <exception cref="KeyNotFoundException">Nothing is said of one of them.</exception>
    public static JsonObject Write(IEnumerable<Route> routes)
    {
        var schemas = new SchemaBook();
        var paths = new JsonObject();
        foreach (IGrouping<string, Route> path in routes.GroupBy(route => route.Pattern, StringComparer.Ordinal))
        {
            var item = new JsonObject();
            foreach (Route route in path)
            {
                item[route.Method.ToLowerInvariant()] = Describe(route, Find(route), schemas);
            }

            paths[path.Key] = item;
        }

        JsonNode error = schemas.Of(ViewJson.Default.ErrorView);
        return new JsonObject
        {
            ["openapi"] = "3.1.0",
            ["info"] = new JsonObject
            {
                ["title"] = "Ropeway HTTP API",
                ["version"] = Broker.Version,
                ["description"] = $"RabbitMQ's management API as of {Broker.RabbitVersion}, and what it lacks below /api/ropeway. Names in paths are percent-encoded.",
            },
            ["servers"] = new JsonArray(new JsonObject { ["url"] = "/" }),
            ["security"] = new JsonArray(new JsonObject { ["basic"] = new JsonArray() }),
            ["paths"] = paths,
            ["components"] = new JsonObject
            {
                ["securitySchemes"] = new JsonObject { ["basic"] = new JsonObject { ["type"] = "http", ["scheme"] = "basic" } },
                ["responses"] = new JsonObject
                {
                    ["Error"] = new JsonObject { ["description"] = "It was refused; the reason says why.", ["content"] = Content(Json, error) },
                },
                ["schemas"] = schemas.ToJson(),
            },
        };
    }

    /// <summary>What is said of an endpoint.</summary>
    private static Operation Find(Route route)
    {
        string key = $"{route.Method} {route.Pattern}";
        return RabbitOperations.All.TryGetValue(key, out Operation? operation) ? operation : OwnOperations.All[key];
    }

    private static JsonObject Describe(Route route, Operation operation, SchemaBook schemas)
    {
        var described = new JsonObject
        {
            ["operationId"] = IdOf(route),
            ["summary"] = operation.Summary,
            ["description"] = DescriptionOf(route.Access),
            ["tags"] = new JsonArray(TagOf(route)),
            ["parameters"] = ParametersOf(route, operation),
            ["responses"] = ResponsesOf(route, operation, schemas),
        };
        if (route.Access == ApiAccess.Everybody)
        {
            described["security"] = new JsonArray();
        }

        if (operation.Body.Count > 0)
        {
            described["requestBody"] = new JsonObject { ["content"] = Content(operation.BodyType, SchemaOf(operation.Body)) };
        }

        return described;
    }

    private static string DescriptionOf(ApiAccess access) => access switch
    {
        ApiAccess.Everybody => "Needs no login.",
        ApiAccess.Management => "Needs any tag; permissions decide what is seen and done.",
        _ => $"Needs the tag {access.ToString().ToLowerInvariant()}{(access == ApiAccess.Administrator ? string.Empty : " or administrator")}.",
    };

    private static JsonArray ParametersOf(Route route, Operation operation) =>
    [
        .. Segments(route).Where(IsParameter).Select(segment => segment[1..^1]).Select(name => (JsonNode)new JsonObject
        {
            ["name"] = name,
            ["in"] = "path",
            ["required"] = true,
            ["description"] = PathParameters.GetValueOrDefault(name, $"The {name}."),
            ["schema"] = new JsonObject { ["type"] = "string" },
        }),
        .. operation.Query.Select(name => (JsonNode)new JsonObject
        {
            ["name"] = name,
            ["in"] = "query",
            ["description"] = QueryParameters.Find(name).Text,
            ["schema"] = new JsonObject { ["type"] = QueryParameters.Find(name).Type },
        }),
    ];

    private static JsonObject ResponsesOf(Route route, Operation operation, SchemaBook schemas)
    {
        var responses = new JsonObject();
        foreach (int status in operation.Statuses.Count > 0 ? operation.Statuses : StatusesOf(route, operation))
        {
            var response = new JsonObject { ["description"] = TextOf(status) };
            if (operation.AnswerType is { } type)
            {
                response["content"] = new JsonObject { [type] = new JsonObject() };
            }
            else if (operation.Answer is not null && status != 204)
            {
                response["content"] = Content(Json, AnswerOf(operation, schemas));
            }

            responses[$"{status}"] = response;
        }

        responses["default"] = new JsonObject { ["$ref"] = "#/components/responses/Error" };
        return responses;
    }

    private static IReadOnlyList<int> StatusesOf(Route route, Operation operation) => route.Method switch
    {
        "PUT" => [201, 204],
        _ when operation.Answer is not null || operation.AnswerType is not null => [200],
        _ => [204],
    };

    private static string TextOf(int status) => status switch
    {
        200 => "The answer.",
        201 => "It was made.",
        204 => "It was done.",
        _ => "The check fails.",
    };

    private static JsonNode AnswerOf(Operation operation, SchemaBook schemas)
    {
        JsonNode whole = schemas.Of(operation.Answer!);
        if (!operation.Query.Contains("page", StringComparer.Ordinal))
        {
            return whole;
        }

        string[] counts = ["filtered_count", "item_count", "page", "page_count", "page_size", "total_count"];
        var page = new JsonObject { ["items"] = whole.DeepClone() };
        foreach (string count in counts)
        {
            page[count] = new JsonObject { ["type"] = "integer" };
        }

        return new JsonObject { ["oneOf"] = new JsonArray(whole, new JsonObject { ["type"] = "object", ["properties"] = page }) };
    }

    private static JsonObject SchemaOf(IReadOnlyList<string> members)
    {
        var properties = new JsonObject();
        var required = new JsonArray();
        foreach (string member in members)
        {
            string[] parts = member.Split(':');
            string name = parts[0].TrimEnd('!');
            properties[name] = parts.Length == 1 ? new JsonObject { ["type"] = "string" } : parts[1] == "any" ? [] : new JsonObject { ["type"] = parts[1] };
            if (parts[0].EndsWith('!'))
            {
                required.Add((JsonNode)name);
            }
        }

        return new JsonObject { ["type"] = "object", ["properties"] = properties, ["required"] = required };
    }

    private static JsonObject Content(string type, JsonNode schema) => new() { [type] = new JsonObject { ["schema"] = schema } };

    private static string[] Segments(Route route) => route.Pattern.Split('/', StringSplitOptions.RemoveEmptyEntries);

    private static bool IsParameter(string segment) => segment[0] == '{';

    /// <summary>What it is about: the first word of the path, or the first behind <c>ropeway</c>.</summary>
    private static string TagOf(Route route)
    {
        string[] words = [.. Segments(route).Where(segment => segment != "api")];
        return words[0] == "ropeway" ? $"ropeway {words[1]}" : words[0];
    }

    private static string IdOf(Route route)
    {
        var id = new StringBuilder(route.Method.ToLowerInvariant());
        foreach (string segment in Segments(route))
        {
            id.Append(IsParameter(segment) ? "By" : string.Empty);
            foreach (string word in segment.Split('{', '}', '-', '.', '_'))
            {
                id.Append(word.Length > 0 ? char.ToUpperInvariant(word[0]) + word[1..] : string.Empty);
            }
        }

        return id.ToString();
    }
}
