namespace Ropeway.CommandLine.Tests;

/// <summary>What a command line came to.</summary>
internal sealed record ShellResult(int Code, string Output, string Error);
