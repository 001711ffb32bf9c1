namespace Ropeway.Server.Tests;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData("ropeway: unknown option '--lisen'; did you mean '--listen'?", "--lisen", "amqp://127.0.0.1:0")]
    [InlineData("ropeway: unknown option '--framemax=1'; did you mean '--frame-max'?", "serve", "--framemax=1")]
    [InlineData("ropeway: unknown option '--weather'; ropeway --help lists the known ones", "--weather")]
    [InlineData("ropeway: unknown command or argument 'srve'; did you mean 'serve'?", "srve")]
    [InlineData("ropeway: --channel-max: bad value '0': a whole number from 1 to 65535 is expected", "--channel-max", "0")]
    public void Run_MistypedCommandLine_SuggestsInOneLine(string expected, params string[] args)
    {
        var error = new StringWriter();
        Assert.Equal(ExitCode.Usage, CommandLine.Run(args, new StringWriter(), error));
        Assert.Equal(expected + Environment.NewLine, error.ToString());
    }

    [Fact]
    public void Run_Help_ListsEveryOption()
    {
        var output = new StringWriter();
        Assert.Equal(ExitCode.Clean, CommandLine.Run(["--help"], output, new StringWriter()));
        Assert.All(ServerOptionList.All, option => Assert.Contains($"--{option.Name} <{option.ValueName}>", output.ToString(), StringComparison.Ordinal));
    }
}
