using System.CommandLine;

namespace Ropeway.Server.Bench;

/// <summary>The arguments of <c>ropeway bench amqp</c>, what they mean together, and which make no sense.</summary>
internal sealed class AmqpBenchArguments
{
    private static readonly AmqpTarget NoTarget = new("", 0, "", "", "");
    private static readonly AmqpBenchOptions Defaults = new() { Target = NoTarget };

    private readonly Argument<string> _target = new("uri") { Description = "The broker: amqp://user:password@host:port/vhost" };
    private readonly Option<int> _producers = Number("--producers", "Publishing connections", Defaults.ProducerCount);
    private readonly Option<int> _consumers = Number("--consumers", "Consuming connections", Defaults.ConsumerCount);
    private readonly Option<int> _queues = Number("--queues", "Queues; producer i and consumer i use queue i modulo this", Defaults.QueueCount);
    private readonly Option<string> _prefix = Text("--prefix", "Begin of the names of queues and exchange", Defaults.Prefix);
    private readonly Option<bool> _keep = Flag("--keep", "Leave queues and exchange when the run is over");
    private readonly Option<int> _bytes = Number("--bytes", "Body bytes; from 8 on latency is measured", Defaults.BodyBytes);
    private readonly Option<bool> _durable = Flag("--durable", "Durable queues and exchange");
    private readonly Option<bool> _persistent = Flag("--persistent", "Persistent messages (implies --durable)");
    private readonly Option<int> _confirm = Number("--confirm", "Unconfirmed messages allowed per producer; 0 publishes without confirms", Defaults.ConfirmWindow);
    private readonly Option<int> _prefetch = Number("--prefetch", "Prefetch per consumer; 0 is unlimited", Defaults.Prefetch);
    private readonly Option<int> _ackEvery = Number("--ack-every", "Acknowledge after so many deliveries; 0 consumes with automatic acknowledgement", Defaults.AckEvery);
    private readonly Option<string> _exchange = Text("--exchange", "default (straight to the queue), direct, fanout (every queue gets every message) or topic", "default");
    private readonly Option<int> _bindings = Number("--routing", "Bindings of the topic exchange; each message matches one", Defaults.BindingCount);
    private readonly Option<double> _rate = Real("--rate", "Messages per second and producer; latency counts from the scheduled moment. 0 is as fast as it goes", 0);
    private readonly Option<int> _batch = Number("--batch", "Messages per write; 0 chooses about 64 KiB, or 1 with --rate", 0);
    private readonly Option<long> _count = new("--count") { Description = "Messages of the measured part, which begins with empty queues; instead of --seconds" };
    private readonly Option<double> _seconds = Real("--seconds", "Length of the measured part", Defaults.MeasureSeconds);
    private readonly Option<double> _warmup = Real("--warmup", "Seconds of load before the measured part; -1 is 1, or 0 for a backlog", -1);
    private readonly Option<bool> _publishOnly = Flag("--publish-only", "No consumers: build up a backlog (see --keep)");
    private readonly Option<bool> _consumeOnly = Flag("--consume-only", "No producers: drain the backlog of an earlier run with --keep");
    private readonly Option<int> _window = Number("--window", "Published and not delivered messages allowed per producer; 0 chooses", 0);
    private readonly Option<bool> _verify = Flag("--verify", "Check every body: sequence per producer and queue, and checksum from 20 bytes on");
    private readonly Option<int> _brokerPid = Number("--broker-pid", "The broker's process on this machine, for its CPU, memory and disk writes", 0);
    private readonly Option<double> _timeout = Real("--timeout", "Seconds without any progress after which the run fails", Defaults.TimeoutSeconds);
    private readonly Option<bool> _json = Flag("--json", "Print one JSON object instead of a table");

    /// <summary>Adds the arguments to a command.</summary>
    public AmqpBenchArguments(Command command)
    {
        command.Arguments.Add(_target);
        Option[] options =
        [
            _producers, _consumers, _queues, _bytes, _durable, _persistent, _confirm, _prefetch, _ackEvery, _exchange, _bindings,
            _rate, _batch, _window, _count, _seconds, _warmup, _publishOnly, _consumeOnly, _verify, _brokerPid, _prefix, _keep,
            _timeout, _json,
        ];
        foreach (Option option in options)
        {
            command.Options.Add(option);
        }
    }

    /// <summary>Reads and checks the arguments.</summary>
    /// <exception cref="BenchException">A value is out of range, or two contradict each other.</exception>
    public AmqpBenchOptions Read(ParseResult parsed)
    {
        bool consumeOnly = parsed.GetValue(_consumeOnly);
        bool publishOnly = parsed.GetValue(_publishOnly);
        Check(!(consumeOnly && publishOnly), "--publish-only and --consume-only exclude each other.");
        int prefetch = parsed.GetValue(_prefetch);
        Check(prefetch is >= 0 and <= ushort.MaxValue, "--prefetch must be 0 to 65535.");
        var options = new AmqpBenchOptions
        {
            Target = AmqpTarget.Parse(parsed.GetValue(_target) ?? ""),
            ProducerCount = consumeOnly ? 0 : parsed.GetValue(_producers),
            ConsumerCount = publishOnly ? 0 : parsed.GetValue(_consumers),
            QueueCount = parsed.GetValue(_queues),
            Prefix = parsed.GetValue(_prefix) ?? Defaults.Prefix,
            Keep = parsed.GetValue(_keep),
            BodyBytes = parsed.GetValue(_bytes),
            IsDurable = parsed.GetValue(_durable) || parsed.GetValue(_persistent),
            IsPersistent = parsed.GetValue(_persistent),
            ConfirmWindow = parsed.GetValue(_confirm),
            Prefetch = (ushort)prefetch,
            AckEvery = parsed.GetValue(_ackEvery),
            Routing = ReadRouting(parsed.GetValue(_exchange)),
            BindingCount = parsed.GetValue(_bindings),
            RatePerProducer = parsed.GetValue(_rate),
            BatchCount = parsed.GetValue(_batch),
            MessageCount = parsed.GetValue(_count),
            MeasureSeconds = parsed.GetValue(_seconds),
            WarmupSeconds = ReadWarmup(parsed.GetValue(_warmup), consumeOnly, publishOnly),
            DeliveryWindow = parsed.GetValue(_window),
            Verify = parsed.GetValue(_verify),
            BrokerProcessId = parsed.GetValue(_brokerPid),
            Json = parsed.GetValue(_json),
            TimeoutSeconds = parsed.GetValue(_timeout),
        };
        CheckRanges(options, consumeOnly, publishOnly);
        CheckTogether(options);
        return options;
    }

    private static void CheckRanges(AmqpBenchOptions options, bool consumeOnly, bool publishOnly)
    {
        const int ConnectionCountMax = 1000; // A thread or two each.
        const int BodyBytesMax = 128 * 1024 * 1024;
        const double SecondsMax = 86_400;
        Check(consumeOnly || options.ProducerCount is >= 1 and <= ConnectionCountMax, $"--producers must be 1 to {ConnectionCountMax}.");
        Check(publishOnly || options.ConsumerCount is >= 1 and <= ConnectionCountMax, $"--consumers must be 1 to {ConnectionCountMax}.");
        Check(options.QueueCount is >= 1 and <= 100_000, "--queues must be 1 to 100000.");
        Check(options.Prefix.Length is >= 1 and <= 100, "--prefix must have 1 to 100 characters.");
        Check(options.BodyBytes is >= 0 and <= BodyBytesMax, $"--bytes must be 0 to {BodyBytesMax}.");
        Check(options.ConfirmWindow is >= 0 and <= 1_000_000, "--confirm must be 0 to 1000000.");
        Check(options.AckEvery is >= 0 and <= 1_000_000, "--ack-every must be 0 to 1000000.");
        Check(options.BindingCount is >= 1 and <= 1_000_000, "--routing must be 1 to 1000000.");
        Check(options.RatePerProducer is >= 0 and <= 10_000_000, "--rate must be 0 to 10000000.");
        Check(options.BatchCount is >= 0 and <= 100_000, "--batch must be 0 to 100000.");
        Check(options.MessageCount >= 0, "--count must be 0 or more.");
        Check(options.MeasureSeconds is > 0 and <= SecondsMax, $"--seconds must be above 0 and at most {SecondsMax}.");
        Check(options.WarmupSeconds is >= 0 and <= SecondsMax, $"--warmup must be 0 to {SecondsMax}.");
        Check(options.TimeoutSeconds is > 0 and <= SecondsMax, $"--timeout must be above 0 and at most {SecondsMax}.");
        Check(options.DeliveryWindow is >= 0 and <= 10_000_000, "--window must be 0 to 10000000.");
        Check(options.BrokerProcessId >= 0, "--broker-pid must be a process id.");
    }

    private static void CheckTogether(AmqpBenchOptions options)
    {
        const long ImageBytesMax = 256 * 1024 * 1024;
        Check(
            options.ConsumerCount == 0 || options.ConsumerCount >= options.QueueCount,
            $"{options.ConsumerCount} consumers cannot empty {options.QueueCount} queues; every queue needs one.");
        Check(
            options.Prefetch == 0 || options.AckEvery == 0 || options.AckEvery <= options.Prefetch,
            $"--ack-every {options.AckEvery} never comes with --prefetch {options.Prefetch}: the broker stops at the prefetch.");
        Check(
            options.MessageCount == 0 || options.MessageCount >= options.ProducerCount,
            "--count must be at least one message per producer.");
        Check(
            !options.Verify || options.BodyBytes >= BodyStamp.SequenceBytes,
            $"--verify needs bodies of at least {BodyStamp.SequenceBytes} bytes.");
        Check(
            options.Routing == RoutingKind.Topic || options.BindingCount == 1,
            "--routing is for --exchange topic.");
        Check(
            options.Routing != RoutingKind.Topic || options.BindingCount >= options.QueueCount,
            "--routing must be at least the number of queues.");
        Check(
            options.BatchCount * (long)PublishImage.EstimateMessageBytes(options) <= ImageBytesMax,
            $"--batch times --bytes is over {ImageBytesMax} bytes per write.");
    }

    private static double ReadWarmup(double asked, bool consumeOnly, bool publishOnly)
    {
        const double NotGiven = -1;
        if (consumeOnly)
        {
            return 0;
        }

        return asked == NotGiven ? (publishOnly ? 0 : Defaults.WarmupSeconds) : asked;
    }

    private static RoutingKind ReadRouting(string? text) => text switch
    {
        "default" => RoutingKind.Default,
        "direct" => RoutingKind.Direct,
        "fanout" => RoutingKind.Fanout,
        "topic" => RoutingKind.Topic,
        _ => throw new BenchException($"--exchange {text} is not known; expected default, direct, fanout or topic."),
    };

    private static void Check(bool isRight, string otherwise)
    {
        if (!isRight)
        {
            throw new BenchException(otherwise);
        }
    }

    private static Option<int> Number(string name, string description, int byDefault) =>
        new(name) { Description = description, DefaultValueFactory = _ => byDefault };

    private static Option<double> Real(string name, string description, double byDefault) =>
        new(name) { Description = description, DefaultValueFactory = _ => byDefault };

    private static Option<string> Text(string name, string description, string byDefault) =>
        new(name) { Description = description, DefaultValueFactory = _ => byDefault };

    private static Option<bool> Flag(string name, string description) => new(name) { Description = description };
}
