using System.Reflection;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Ropeway.Management;
using Ropeway.Management.Logs;
using Ropeway.Storage;
using Ropeway.Transport;

namespace Ropeway.Server;

/// <summary>
/// The life of a server: recover, listen, say that it is ready, wait for the stop, and end in order: listeners, connections,
/// the logs' owners, group commit, checkpoint, lock file. Used once, by one caller.
/// </summary>
internal sealed class ServerHost(
    ServerOptions options, Func<CompositionContext, IComposedBroker> compose, TimeProvider time, TextWriter output)
{
    private readonly TaskCompletionSource<Exception> _storeFailed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly long _startTimestamp = time.GetTimestamp();

    /// <summary>Runs until <paramref name="stop"/> completes or the store fails.</summary>
    /// <param name="stop">Its result names the cause, for the log.</param>
    /// <returns>The exit code.</returns>
    /// <exception cref="StartupException">The server cannot start, or its store has failed.</exception>
    public async Task<int> RunAsync(Task<string> stop)
    {
        using var tail = new LogTail(time);
        using ILoggerFactory loggers = ServerLogging.Create(options.LogLevel, time, tail);
        ILogger logger = loggers.CreateLogger("Ropeway.Server");
        ServerLog.Starting(logger, Version(), RuntimeInformation.FrameworkDescription, Path.GetFullPath(options.DataDirectory));
        FileDescriptors descriptors = ShareDescriptors(logger);
        var progress = new RecoveryProgressLine(logger, time);
        try
        {
            IComposedBroker broker = compose(
                new CompositionContext(options, descriptors, loggers, time, progress.Report, failure => _storeFailed.TrySetResult(failure)) { LogTail = tail });
            await using (broker.ConfigureAwait(false))
            {
                await ServeAsync(broker, descriptors, loggers, logger, stop).ConfigureAwait(false);
            }
        }
        catch (StoreFailedException failure)
        {
            throw StoreFailed(failure.InnerException ?? failure); // While the broker was made, or while it ended.
        }

        ServerLog.Stopped(logger);
        return ExitCode.Clean;
    }

    private static StartupException StoreFailed(Exception failure) =>
        new(ExitCode.StoreFailed, $"the store failed: {failure.Message}", failure);

    private static string Version() =>
        typeof(ServerHost).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0.0.0";

    private FileDescriptors ShareDescriptors(ILogger logger)
    {
        long limit = FileDescriptors.ReadLimit();
        if (limit < FileDescriptors.Least)
        {
            throw new StartupException(
                ExitCode.FileDescriptors,
                $"the process may open {limit} files, at least {FileDescriptors.Least} are needed; raise the limit of open files (ulimit -n, LimitNOFILE)");
        }

        var shares = FileDescriptors.Share(limit, options.ConnectionsMax, ManagementLimits.ConnectionsMax);
        if (shares.ConnectionsMax < options.ConnectionsMax)
        {
            ServerLog.FewDescriptors(logger, shares.ConnectionsMax, options.ConnectionsMax, limit);
        }

        return shares;
    }

    private async Task ServeAsync(IComposedBroker broker, FileDescriptors descriptors, ILoggerFactory loggers, ILogger logger, Task<string> stop)
    {
        var transport = new TransportHost(new TransportOptions
        {
            Time = time,
            ConnectionsMax = descriptors.ConnectionsMax,
            TlsHandshakeTimeout = options.HandshakeTimeout,
            Logger = loggers.CreateLogger("Ropeway.Transport"),
        });
        await using (transport.ConfigureAwait(false))
        {
            using var listeners = new ListenerSet(transport, broker.Protocols, () => TlsSetup.Create(options, time, logger), logger);
            listeners.Open(options.Listen);
            IAsyncDisposable? http = listeners.HttpSockets.Count > 0
                ? await broker.ServeHttpAsync(listeners.HttpSockets, listeners.Addresses).ConfigureAwait(false)
                : null;
            try
            {
                await SayReadyAsync(listeners, logger).ConfigureAwait(false);
                await Task.WhenAny(stop, _storeFailed.Task).ConfigureAwait(false);
            }
            finally
            {
                if (http is not null)
                {
                    await http.DisposeAsync().ConfigureAwait(false);
                }
            }

            if (_storeFailed.Task.IsCompleted)
            {
                Exception failure = await _storeFailed.Task.ConfigureAwait(false);
                ServerLog.StoreFailed(logger, failure);
                await transport.StopAsync("the store has failed", TimeSpan.Zero).ConfigureAwait(false); // Nothing can be promised any more: no goodbye is waited for.
                throw StoreFailed(failure);
            }

            ServerLog.Stopping(logger, await stop.ConfigureAwait(false));
            await transport.StopAsync("broker forced connection closure with reason 'shutdown'", options.StopTimeout).ConfigureAwait(false);
        }

        await broker.DrainAsync().ConfigureAwait(false);
    }

    private async Task SayReadyAsync(ListenerSet listeners, ILogger logger)
    {
        ServerLog.Ready(logger, (long)time.GetElapsedTime(_startTimestamp).TotalMilliseconds);
        await output.WriteLineAsync($"ropeway ready {string.Join(' ', listeners.Urls)}").ConfigureAwait(false);
        await output.FlushAsync().ConfigureAwait(false);
    }
}
