namespace Ropeway.CommandLine.Tests;

/// <summary>The commands that are called as in <c>rabbitmqctl</c>, on a real broker.</summary>
public sealed class RabbitCommandTests(BrokerFixture broker) : IClassFixture<BrokerFixture>
{
    [Fact]
    public async Task RabbitCommands_AsPeopleTypeThem_DoWhatTheySay()
    {
        Shell shell = await broker.OpenAsync();
        string host = shell.Variables["ROPEWAY_VHOST"];
        shell.Variables.Remove("ROPEWAY_VHOST");
        await shell.DoAsync("add_vhost another");
        await shell.DoAsync($"queue declare q -p {host}");
        await shell.DoAsync($"publish --queue q hello -p {host}");
        Assert.Equal("q\t1\n", await shell.DoAsync($"list_queues -p {host} name messages"));
        await shell.DoAsync($"set_policy -p {host} --priority 3 --apply-to queues short ^q {{\"max-length\":10}}");
        Assert.Equal("short\t3\n", await shell.DoAsync($"policy list -p {host} --columns name,priority"));
        await shell.DoAsync($"purge_queue -p {host} q");
        Assert.Equal("q\t0\n", await shell.DoAsync($"list_queues -p {host} name messages"));
        await shell.DoAsync($"delete_queue -p {host} q");
        Assert.Empty(await shell.DoAsync($"list_queues -p {host}"));
        Assert.Contains("topic\n", await shell.DoAsync("list_exchanges type"), StringComparison.Ordinal);
        Assert.Equal("short\n", await shell.DoAsync($"list_policies -p {host} name"));
        await shell.DoAsync($"clear_policy -p {host} short");
        Assert.Empty(await shell.DoAsync($"list_policies -p {host}"));
        Assert.Contains("another\n", await shell.DoAsync("list_vhosts name"), StringComparison.Ordinal);
        await shell.DoAsync("delete_vhost another");
        Assert.DoesNotContain("another", await shell.DoAsync("list_vhosts name"), StringComparison.Ordinal);
        await shell.DoAsync("list_bindings");
        await shell.DoAsync("list_channels name");
        Assert.Empty(await shell.DoAsync($"list_consumers -p {host}"));
        await shell.DoAsync("list_connections name user");
    }

    [Fact]
    public async Task RabbitCommands_OfUsers_KeepWhatTheyDoNotName()
    {
        Shell shell = await broker.OpenAsync();
        string host = shell.Variables["ROPEWAY_VHOST"];
        await shell.DoAsync("add_user bob secret");
        await shell.DoAsync("set_user_tags bob monitoring policymaker");
        await shell.DoAsync($"set_permissions -p {host} bob .* .* .*");
        await shell.DoAsync("status --user bob --password secret --quiet");
        Assert.Contains("bob\t.*\n", await shell.DoAsync($"list_permissions -p {host} user read"), StringComparison.Ordinal);
        await shell.DoAsync($"clear_permissions -p {host} bob");
        Assert.DoesNotContain("bob", await shell.DoAsync($"list_permissions -p {host}"), StringComparison.Ordinal);
        await shell.DoAsync("change_password bob other");
        Assert.Contains("bob\tmonitoring,policymaker\n", await shell.DoAsync("list_users name tags"), StringComparison.Ordinal);
        await shell.DoAsync("status --user bob --password other --quiet");
        Assert.Equal(3, (await shell.RunAsync("status --user bob --password secret --quiet")).Code);
        await shell.DoAsync("delete_user bob");
        Assert.DoesNotContain("bob", await shell.DoAsync("list_users"), StringComparison.Ordinal);
        Assert.Equal(4, (await shell.RunAsync("change_password bob x")).Code);
    }

    [Fact]
    public async Task Help_OfTheRoot_DoesNotListThem() =>
        Assert.DoesNotContain("list_queues", await new Shell().DoAsync("--help"), StringComparison.Ordinal);
}
