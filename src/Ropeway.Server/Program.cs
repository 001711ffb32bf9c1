using Ropeway.Buffers;

namespace Ropeway.Server;

/// <summary>The process's entry.</summary>
internal static class Program
{
    /// <summary>Runs the command that <paramref name="args"/> name; <c>serve</c> when they name none.</summary>
    public static int Main(string[] args)
    {
        // Before the first socket: completions run on the sockets' own threads, without a hop to the pool. It saves a quarter
        // to a half of the CPU time per message and holds for the whole process, so that only the server switches it on.
        Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1");
        NativeHeap.ShareArenas();
        return CommandLine.Run(args, Console.Out, Console.Error);
    }
}
