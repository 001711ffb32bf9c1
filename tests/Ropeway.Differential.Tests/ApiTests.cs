using Ropeway.TestKit.Api;

namespace Ropeway.Differential.Tests;

/// <summary>To every request Ropeway's management API answers with RabbitMQ's status, keys and types, but for the differences that are listed with a reason.</summary>
public sealed class ApiTests(ApiBroker broker) : IClassFixture<ApiBroker>
{
    public static TheoryData<string> Names => [.. ApiSuite.Calls.Select(call => call.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Request_ToRopeway_IsAnsweredAsByRabbitMq(string name)
    {
        IReadOnlyList<string> found = ApiSuite.Compare(ApiSuite.RabbitMq.Answers[name], broker.Ropeway.Answers[name]);

        string section = $"\n== {name}\nreason\n{string.Join('\n', found)}\n";
        if (!ApiSuite.Differences.TryGetValue(name, out KnownDifference? known))
        {
            Assert.True(found.Count == 0, "Ropeway answers otherwise than RabbitMQ:" + section);
        }
        else
        {
            Assert.True(known.Lines.SequenceEqual(found, StringComparer.Ordinal), $"Not the difference that api/differences.txt lists ({known.Reason}):{section}");
        }
    }

    [Fact]
    public void Differences_AreOfRequestsThatThereAre() => Assert.Empty(ApiSuite.Differences.Keys.Except(ApiSuite.Calls.Select(call => call.Name), StringComparer.Ordinal));

    [Fact]
    public void AbsentFields_AreInNoAnswer() => Assert.Empty(broker.Ropeway.Answers.Values.SelectMany(lines => lines).SelectMany(ApiSuite.FieldsOf).Intersect(ApiSuite.AbsentFields, StringComparer.Ordinal));

    [Fact]
    public void Endpoints_OfRabbitMq_AreThereOrListedAsMissing() =>
        Assert.Equal(ApiSuite.MissingEndpoints.Order(StringComparer.Ordinal), ApiSuite.Endpoints.Where(endpoint => !IsThere(endpoint)).Order(StringComparer.Ordinal));

    /// <summary>A request of it gets an answer other than that there is no such path or method.</summary>
    private bool IsThere(string endpoint) => ApiSuite.Calls.Any(call => IsOf(call, endpoint) && !IsUnknown(broker.Ropeway.Answers[call.Name]));

    private static bool IsUnknown(IReadOnlyList<string> answer) => answer[0] is "status 404" or "status 405";

    private static bool IsOf(ApiCall call, string endpoint)
    {
        string[] pattern = endpoint.Split(' ', '/');
        string[] wanted = [call.Method, .. call.Path.Split('?')[0].Split('/')];
        return pattern.Length == wanted.Length && pattern.Zip(wanted).All(pair => pair.First == pair.Second || (pair.First.StartsWith('{') && pair.Second.Length > 0));
    }
}
