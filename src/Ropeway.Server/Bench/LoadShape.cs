namespace Ropeway.Server.Bench;

/// <summary>Sizes that follow from the options: messages per write, windows, slots of the pre-encoded image. Pure.</summary>
internal sealed record LoadShape
{
    private const int WriteBytesWanted = 64 * 1024;
    private const int BatchCountMax = 4096;
    private const int DeliveryWindowWanted = 10_000;
    private const int DeliveryWindowMin = 16;
    private const int UndeliveredBytesMax = 64 * 1024 * 1024;
    private const int ImageBytesWanted = 4 * 1024 * 1024;
    private const int SlotCountMax = 16_384;

    /// <summary>Messages per write.</summary>
    public required int BatchCount { get; init; }

    /// <summary>Published and not delivered messages allowed per producer; 0 without a bound (nobody consumes).</summary>
    public required int DeliveryWindow { get; init; }

    /// <summary>Messages in a producer's image.</summary>
    public required int SlotCount { get; init; }

    /// <summary>Chooses the sizes.</summary>
    public static LoadShape Of(AmqpBenchOptions options)
    {
        int window = 0;
        if (options.ConsumerCount > 0)
        {
            int bounded = (int)Math.Clamp(UndeliveredBytesMax / (long)Math.Max(1, options.BodyBytes), DeliveryWindowMin, DeliveryWindowWanted);
            window = options.DeliveryWindow > 0 ? options.DeliveryWindow : bounded;
        }

        int messageBytes = PublishImage.EstimateMessageBytes(options);
        int batch = (options.BatchCount, options.RatePerProducer) switch
        {
            ( > 0, _) => options.BatchCount,
            (_, > 0) => 1, // A paced producer stands for a client that flushes every message.
            _ => Math.Clamp(WriteBytesWanted / messageBytes, 1, BatchCountMax),
        };
        batch = AtMostHalf(batch, window);
        batch = AtMostHalf(batch, options.ConfirmWindow);

        int slots = batch;
        if (options.Routing == RoutingKind.Topic)
        {
            slots = Math.Max(batch, Math.Min(Math.Min(options.BindingCount, SlotCountMax), ImageBytesWanted / messageBytes));
        }

        return new LoadShape { BatchCount = batch, DeliveryWindow = window, SlotCount = slots };
    }

    /// <summary>Routing keys of the slots of one producer.</summary>
    public string[] RoutingKeys(AmqpBenchOptions options, int producer)
    {
        var keys = new string[SlotCount];
        for (int slot = 0; slot < SlotCount; slot++)
        {
            int target = options.Routing == RoutingKind.Topic
                ? (int)(((long)slot * Math.Max(1, options.BindingCount / SlotCount)) % options.BindingCount) // Spread over all bindings.
                : producer % options.QueueCount;
            keys[slot] = options.RoutingKey(target);
        }

        return keys;
    }

    // Two writes must fit into a window, else the generator and the broker would only ever take turns.
    private static int AtMostHalf(int batch, int window) => window == 0 ? batch : Math.Min(batch, Math.Max(1, window / 2));
}
