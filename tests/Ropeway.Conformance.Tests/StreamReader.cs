using System.Text;
using System.Threading.Channels;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using Ropeway.TestKit;

namespace Ropeway.Conformance.Tests;

/// <summary>A consumer of a stream that settles what it gets and writes it down.</summary>
internal sealed class StreamReader : IAsyncDisposable
{
    private readonly IChannel _channel;
    private readonly Func<IChannel, ulong, ValueTask> _settles;
    private readonly Channel<(long Offset, string Body)> _deliveries = Channel.CreateUnbounded<(long, string)>();
    private readonly TaskCompletionSource _cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SemaphoreSlim _settling = new(1);
    private bool _isClosing; // Nothing may be sent on a closed channel: under _settling.

    public StreamReader(IChannel channel, Func<IChannel, ulong, ValueTask> settles)
    {
        _channel = channel;
        _settles = settles;
        Consumer = new AsyncEventingBasicConsumer(channel);
        Consumer.ReceivedAsync += OnReceivedAsync;
        Consumer.UnregisteredAsync += OnUnregisteredAsync;
    }

    /// <summary>Acknowledges, returns and rejects by turns.</summary>
    public static Func<IChannel, ulong, ValueTask> InEveryWay { get; } = (channel, tag) => (tag % 3) switch
    {
        0 => channel.BasicAckAsync(tag, multiple: false),
        1 => channel.BasicNackAsync(tag, multiple: false, requeue: true),
        _ => channel.BasicRejectAsync(tag, requeue: false),
    };

    public AsyncEventingBasicConsumer Consumer { get; }

    /// <summary>The broker has ended the consumer.</summary>
    public Task Cancelled => _cancelled.Task;

    public IReadOnlyBasicProperties? LastProperties { get; private set; }

    /// <summary>Waits for so many deliveries, and sees that no other comes before the channel is closed.</summary>
    public async Task<(long Offset, string Body)[]> ExpectAsync(int count)
    {
        var found = new List<(long, string)>();
        while (found.Count < count)
        {
            found.Add(await ExpectFirstAsync());
        }

        await StopSettlingAsync();
        await _channel.CloseAsync();
        Assert.False(_deliveries.Reader.TryRead(out (long, string) more), $"More came: {more}");
        return [.. found];
    }

    public async Task<(long Offset, string Body)> ExpectFirstAsync() => await _deliveries.Reader.ReadAsync().AsTask().WaitAsync(TestDeadline.Value, TimeProvider.System);

    public async ValueTask DisposeAsync()
    {
        await StopSettlingAsync();
        await _channel.DisposeAsync();
    }

    private async Task StopSettlingAsync()
    {
        await _settling.WaitAsync();
        _isClosing = true;
        _settling.Release();
    }

    private async Task OnReceivedAsync(object sender, BasicDeliverEventArgs delivery)
    {
        Assert.False(delivery.Redelivered);
        LastProperties = delivery.BasicProperties;
        _deliveries.Writer.TryWrite(((long)delivery.BasicProperties.Headers!["x-stream-offset"]!, Encoding.UTF8.GetString(delivery.Body.Span)));
        await _settling.WaitAsync();
        try
        {
            if (!_isClosing)
            {
                await _settles(_channel, delivery.DeliveryTag);
            }
        }
        finally
        {
            _settling.Release();
        }
    }

    private Task OnUnregisteredAsync(object sender, ConsumerEventArgs ended)
    {
        _cancelled.TrySetResult();
        return Task.CompletedTask;
    }
}
