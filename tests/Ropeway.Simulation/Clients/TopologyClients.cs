using System.Globalization;
using Ropeway.Core.Policies;
using Ropeway.Core.Queues;
using Ropeway.Core.Routing;
using Ropeway.Core.Topology;
using Ropeway.Messages;
using Ropeway.Simulation.Model;

namespace Ropeway.Simulation.Clients;

/// <summary>Clients that declare, bind, delete and change policies.</summary>
internal sealed class TopologyClients(World world, Consumers consumers, StreamReaders readers)
{
    /// <summary>Sends to all plain queues that are bound.</summary>
    public const string FanExchange = "fan";

    /// <summary>Gets the delayed messages.</summary>
    public const string LateQueue = "late-0";

    private const string LetterExchange = "letters";
    private const string PolicyName = "work";
    private const string Ttl = "message-ttl";
    private const string Length = "max-length";
    private const int StreamBytesMax = 8 * 1024;
    private const int StreamSecondsMax = 2;

    private static readonly QueueKind[] Kinds = [QueueKind.Work, QueueKind.Plain, QueueKind.Brief, QueueKind.Ranked, QueueKind.Stream, QueueKind.Patient, QueueKind.Unique, QueueKind.Grouped];

    /// <summary>A policy as text.</summary>
    public static string Describe(FieldTable definition) => string.Join(' ', definition.Select(field => string.Create(CultureInfo.InvariantCulture, $"{field.Key}={field.Value}")));

    /// <summary>How long the policy lets messages live, in milliseconds; 0 for ever.</summary>
    public static long TtlMsOf(string policy) =>
        policy.StartsWith(Ttl, StringComparison.Ordinal) ? long.Parse(policy[(Ttl.Length + 1)..], CultureInfo.InvariantCulture) : 0;

    /// <summary>Whether the policy limits how many messages a queue has.</summary>
    public static bool HasLengthLimit(string policy) => policy.StartsWith(Length, StringComparison.Ordinal);

    /// <summary>Declares what is always there.</summary>
    public void Enter()
    {
        VirtualHost host = world.Machine.Host;
        host.DeclareExchange(new ExchangeSettings(FanExchange, ExchangeType.Fanout, Durable: true, AutoDelete: false, Internal: false, Arguments: null));
        host.DeclareExchange(new ExchangeSettings(LetterExchange, ExchangeType.Fanout, Durable: true, AutoDelete: false, Internal: false, Arguments: null));
        Declare("dead", QueueKind.Dead);
        host.BindQueue(LetterExchange, "dead", "", arguments: null, owner: null);
        Declare("work-0", QueueKind.Work);
        Declare("plain-0", QueueKind.Plain);
        Declare("ranked-0", QueueKind.Ranked);
        Declare(LateQueue, QueueKind.Late);
        Declare("stream-0", QueueKind.Stream);
        Declare("patient-0", QueueKind.Patient);
        Declare("unique-0", QueueKind.Unique);
        Declare("grouped-0", QueueKind.Grouped);
    }

    public void Do(int dice)
    {
        int number = world.Random.Next(3);
        switch (dice)
        {
            case < 3:
                QueueKind kind = world.Random.Choose(Kinds);
                Declare(NameOf(kind, number), kind);
                world.Coverage.Count("declare");
                break;
            case < 4:
                Delete(NameOf(world.Random.Choose(Kinds), number));
                break;
            case < 6:
                Bind(NameOf(QueueKind.Plain, number));
                break;
            case < 7:
                Unbind(NameOf(QueueKind.Plain, number));
                break;
            default:
                ChangePolicy();
                break;
        }
    }

    private static string NameOf(QueueKind kind, int number) => string.Create(CultureInfo.InvariantCulture, $"{kind.ToString().ToLowerInvariant()}-{number}");

    private static FieldTable? ArgumentsOf(string name, QueueKind kind) => kind switch
    {
        QueueKind.Work => new FieldTable { ["x-dead-letter-exchange"] = LetterExchange },
        QueueKind.Ranked => new FieldTable { ["x-max-priority"] = ModelQueue.RanksMax },
        QueueKind.Unique => new FieldTable { ["x-message-deduplication"] = true, ["x-cache-size"] = TakenIds.CountMax },
        QueueKind.Grouped when name.EndsWith('1') => RetryWith(hasGroups: true),
        QueueKind.Grouped when name.EndsWith('2') => new FieldTable { ["x-message-groups"] = true, ["x-max-priority"] = ModelQueue.RanksMax },
        QueueKind.Grouped => new FieldTable { ["x-message-groups"] = true },
        QueueKind.Patient => RetryWith(hasGroups: false),
        QueueKind.Stream when name.EndsWith('0') => new FieldTable { ["x-queue-type"] = "stream", ["x-max-length-bytes"] = StreamBytesMax },
        QueueKind.Stream => new FieldTable { ["x-queue-type"] = "stream", ["x-max-age"] = $"{StreamSecondsMax}s" },
        _ => null,
    };

    private static FieldTable RetryWith(bool hasGroups) => new()
    {
        ["x-delayed-retry-type"] = "all",
        ["x-delayed-retry-min"] = ReturnCount.StepMs,
        ["x-delayed-retry-max"] = ReturnCount.DelayMsMax,
        ["x-delivery-limit"] = ReturnCount.Limit,
        ["x-message-groups"] = hasGroups,
    };

    private void Declare(string name, QueueKind kind)
    {
        FieldTable? arguments = ArgumentsOf(name, kind);
        DeclaredQueue declared = world.Machine.Host.DeclareQueue(new QueueSettings(name, Durable: kind != QueueKind.Brief, Exclusive: false, AutoDelete: false, arguments, Owner: null));
        world.Model.Check(declared.Created == (world.Model.Find(name) is null), $"queue '{name}' was {(declared.Created ? "not " : "")}there");
        if (declared.Created)
        {
            var known = new ModelQueue(name, kind, declared.Queue.Log.Id) { MaxAgeMs = kind == QueueKind.Stream && !name.EndsWith('0') ? StreamSecondsMax * 1000 : 0 };
            world.WhenDurable(declared.CommitIndex, world.Model.Declare(known));
            world.History.Note("declare", name, (long)declared.CommitIndex);
            if (kind == QueueKind.Plain)
            {
                Bind(name);
            }
        }
    }

    private void Delete(string name)
    {
        if (name.EndsWith('0') || world.Model.Find(name) is not { } known)
        {
            return; // Some are always there.
        }

        consumers.Forget(name);
        readers.Forget(name);
        Action confirm = world.Model.Delete(known.Name);
        ulong index = world.Machine.Host.DeleteQueue(name, owner: null, ifUnused: false, ifEmpty: false).CommitIndex;
        world.History.Note("delete", name, (long)index);
        world.WhenDurable(index, confirm);
        world.Coverage.Count("delete");
    }

    private void Bind(string name)
    {
        if (world.Model.Find(name) is { Bound.Current: false } known)
        {
            Action confirm = known.Bound.Set(true);
            world.WhenDurable(world.Machine.Host.BindQueue(FanExchange, name, "", arguments: null, owner: null), confirm);
            world.History.Note("bind", name);
            world.Coverage.Count("bind");
        }
    }

    private void Unbind(string name)
    {
        if (world.Model.Find(name) is { Bound.Current: true } known)
        {
            Action confirm = known.Bound.Set(false);
            world.WhenDurable(world.Machine.Host.UnbindQueue(FanExchange, name, "", arguments: null, owner: null), confirm);
            world.History.Note("unbind", name);
            world.Coverage.Count("unbind");
        }
    }

    private void ChangePolicy()
    {
        HostPolicies policies = world.Machine.Host.Policies;
        int dice = world.Random.Next(3);
        if (dice == 0)
        {
            Action gone = world.Model.Policy.Set("");
            if (policies.TryDelete(PolicyKind.User, PolicyName, out ulong deletedIndex))
            {
                world.WhenDurable(deletedIndex, gone);
            }
        }
        else
        {
            FieldTable definition = dice == 1 ? new FieldTable { [Ttl] = (long)(1 + world.Random.Next(3000)) } : new FieldTable { [Length] = (long)world.Random.Next(20) };
            Action changed = world.Model.Policy.Set(Describe(definition));
            if (HasLengthLimit(world.Model.Policy.Current))
            {
                world.Model.NoteLengthLimit();
            }

            world.WhenDurable(policies.Set(Policy.Create(PolicyKind.User, PolicyName, "^work", PolicyTarget.Queues, priority: 0, definition)), changed);
        }

        world.History.Note("policy", world.Model.Policy.Current);
        world.Coverage.Count("policy change");
    }
}
