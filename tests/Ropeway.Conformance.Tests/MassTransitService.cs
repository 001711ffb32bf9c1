using MassTransit;
using Ropeway.TestKit;

namespace Ropeway.Conformance.Tests;

/// <summary>
/// A service built on MassTransit: a bus with its receive endpoints. The exchanges of its message types begin with a prefix, so that tests do not
/// get each other's messages.
/// </summary>
internal sealed class MassTransitService : IAsyncDisposable
{
    /// <summary>How long it may take until a service has a broker again: MassTransit pauses for 3 to 30 seconds between its attempts.</summary>
    public static readonly TimeSpan ReconnectDeadline = 4 * TestDeadline.Value;

    private MassTransitService(IBusControl bus) => Bus = bus;

    public IBusControl Bus { get; }

    /// <summary>Starts it; done when all its endpoints consume.</summary>
    public static async Task<MassTransitService> StartAsync(BrokerEndpoint endpoint, string prefix, Action<IRabbitMqBusFactoryConfigurator>? configure = null)
    {
        IBusControl bus = MassTransit.Bus.Factory.CreateUsingRabbitMq(service =>
        {
            service.Host(endpoint.Host, (ushort)endpoint.Port, "/", _ => { });
            service.MessageTopology.SetEntityNameFormatter(new PrefixEntityNameFormatter(service.MessageTopology.EntityNameFormatter, prefix + ":"));
            service.UseDelayedMessageScheduler();
            configure?.Invoke(service);
        });
        await bus.StartAsync(TestDeadline.Value);
        return new MassTransitService(bus);
    }

    /// <summary>
    /// Sends a command to an address: <c>queue:name</c>, whose queue MassTransit declares without arguments, or <c>exchange:name</c>, which leads to it.
    /// </summary>
    public async Task SendAsync<T>(string address, T message, Action<SendContext<T>>? set = null)
        where T : class
    {
        using var deadline = new CancellationTokenSource(ReconnectDeadline); // Without one MassTransit goes on trying for ever.
        ISendEndpoint endpoint = await Bus.GetSendEndpoint(new Uri(address));
        await endpoint.Send(message, context => set?.Invoke(context), deadline.Token);
    }

    /// <summary>Done when it has noticed that its broker is gone.</summary>
    public async Task NoticeLossAsync()
    {
        using var deadline = new CancellationTokenSource(TestDeadline.Value);
        while (Bus.CheckHealth().Status == BusHealthStatus.Healthy)
        {
            deadline.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    public async ValueTask DisposeAsync() => await Bus.StopAsync(TestDeadline.Value);
}
