namespace Ropeway.CommandLine.Tests;

/// <summary>What the examples speak of, in the shell's virtual host: exchange <c>events</c>, queue <c>orders</c>, and so on.</summary>
internal sealed class ExampleWorld(Shell shell, string directory)
{
    private const string World = """
        {
          "exchanges":[{"name":"events","type":"topic","durable":true},{"name":"news","type":"fanout","durable":true},{"name":"audit","type":"fanout","durable":true}],
          "queues":[{"name":"orders","durable":true},{"name":"invoices","durable":true}],
          "bindings":[
            {"source":"events","destination":"orders","destination_type":"queue","routing_key":"order.*"},
            {"source":"amq.fanout","destination":"orders","destination_type":"queue","routing_key":""}],
          "policies":[{"name":"short","pattern":"^orders","definition":{"max-length":1000}}]
        }
        """;

    private static readonly string[] Lines =
    [
        "policy set bounds .* max-length=1000000 --operator",
        "limit set max-queues 1000",
        "limit set max-connections 5000 --of-user guest",
    ];

    public async Task BuildAsync(string example)
    {
        shell.Variables["XDG_CONFIG_HOME"] = directory;
        await shell.DoAsync("context add saved http://127.0.0.1:1 --quiet");
        string file = Path.Combine(directory, "world.json");
        await File.WriteAllTextAsync(file, World);
        await File.WriteAllTextAsync(Path.Combine(directory, "definitions.json"), """{"vhosts":[{"name":"imported"}]}""");
        await shell.DoAsync($"definitions import {file} --only-vhost --quiet");
        IEnumerable<string> users = example.Contains(" ada", StringComparison.Ordinal) ? ["user set ada --new-password secret"] : []; // Hashing a password takes its time.
        foreach (string line in Lines.Concat(users).Append("publish --queue invoices first").Append("publish --queue orders second"))
        {
            await shell.DoAsync(line + " --quiet");
        }
    }
}
