using System.Net;
using Ropeway.Core;
using Ropeway.Core.Resources;
using Ropeway.Management.Live;
using Ropeway.Security;
using Ropeway.Security.Tls;

namespace Ropeway.Management.Findings;

/// <summary>The rules about the node and its clients, looked at once a second. One thread at a time.</summary>
internal sealed class NodeRules(Broker broker, ManagementOptions options, FindingBoard board, SlowedPublishers slowed, NodeGauges gauges)
{
    private const double WarnShare = 0.8;
    private const double DiskBadShare = 0.9;
    private const double MemoryBadShare = 0.95;
    private const int RefusedLoginsMax = 10; // Within a minute.
    private const double ConnectionRateMax = 10;
    private const double ChurnSeconds = 10;
    private const double ExpiryWarnDays = 30;
    private const double ExpiryBadDays = 7;
    private const double ClockStepSeconds = 1;
    private static readonly TimeSpan SlowedHold = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan ClockTold = TimeSpan.FromMinutes(10);
    private static readonly FindingAct ToHealth = new("Open health", "/health");
    private static readonly FindingAct ToConnections = new("Open connections", "/connections");

    private readonly FreeSpaceTrend _disk = new();
    private readonly Dictionary<(string User, IPAddress Address), (SmoothedRate Rate, ConnectionEntry Last)> _churn = [];
    private IReadOnlyList<(string Listener, TlsCertificate Certificate)> _certificates = [];
    private DateTimeOffset _certificatesAt = DateTimeOffset.MinValue;
    private (DateTimeOffset At, double Seconds)? _clockStep;
    private (DateTimeOffset Wall, long Timestamp)? _clock;

    /// <summary>Looks at everything.</summary>
    /// <param name="elapsedSeconds">Since the last look; more than 0.</param>
    public void Look(double elapsedSeconds)
    {
        DateTimeOffset now = broker.Time.GetUtcNow();
        Clock(now);
        Slowed();
        DiskAndMemory(now);
        Logins(now);
        Churn(elapsedSeconds);
        Certificates(now);
    }

    private static FindingReading New(string id, string name, FindingSeverity severity, FindingText text) => new(new FindingKey(id, null, name), severity, TimeSpan.Zero, text);

    private void Slowed()
    {
        foreach (Slowing slowing in slowed.Now)
        {
            AdmissionCause causes = slowing.VirtualHost is null ? broker.Admission.Causes : AdmissionCause.VirtualHost;
            FindingText text = NodeTexts.Slowed(slowing.VirtualHost, slowing.Reason, causes);
            board.Report(new FindingReading(new FindingKey(FindingIds.Slowed, slowing.VirtualHost, "publishers"), FindingSeverity.Warn, SlowedHold, text)
            {
                Kind = slowing.VirtualHost is null ? "node" : "vhost",
                Since = slowing.Since,
                Act = ToHealth,
            });
        }
    }

    private void DiskAndMemory(DateTimeOffset now)
    {
        NodeFigures figures = gauges.Measure();
        if (figures is { FreeDiskBytes: { } free, TotalDiskBytes: { } total and > 0 })
        {
            double? left = _disk.SecondsLeft(now, free);
            double used = 1 - (free / (double)total);
            bool isFilling = left < TimeSpan.FromDays(1).TotalSeconds;
            if (used >= WarnShare * QueueRules.ClearShare || isFilling)
            {
                FindingSeverity severity = used >= DiskBadShare ? FindingSeverity.Bad : FindingSeverity.Warn;
                board.Report(New(FindingIds.DiskSpace, broker.NodeName, severity, NodeTexts.DiskSpace(free, total, left)) with { IsOver = used >= WarnShare || isFilling, Act = ToHealth });
            }
        }

        if (figures is { MemoryBytesMax: { } limit and > 0 })
        {
            double used = figures.MemoryBytes / (double)limit;
            if (used >= WarnShare * QueueRules.ClearShare)
            {
                StorageActivity activity = broker.Durability.MeasureStorage();
                FindingText text = NodeTexts.Memory(figures.MemoryBytes, limit, activity.TailBytes + activity.TransientBytes);
                FindingSeverity severity = used >= MemoryBadShare ? FindingSeverity.Bad : FindingSeverity.Warn;
                board.Report(New(FindingIds.Memory, broker.NodeName, severity, text) with { IsOver = used >= WarnShare, Act = ToHealth });
            }
        }
    }

    private void Logins(DateTimeOffset now)
    {
        IReadOnlyList<LoginFailure> failures = broker.Authenticator.Failures.Since(now - Minute);
        if (failures.Count > RefusedLoginsMax * QueueRules.ClearShare)
        {
            ReportLogins(failures.GroupBy(failure => failure.Address.ToString(), StringComparer.Ordinal), "from");
            ReportLogins(failures.GroupBy(failure => failure.User, StringComparer.Ordinal), "as user");
        }
    }

    private void ReportLogins(IEnumerable<IGrouping<string, LoginFailure>> groups, string word)
    {
        foreach (IGrouping<string, LoginFailure> group in groups)
        {
            int count = group.Count();
            if (count > RefusedLoginsMax * QueueRules.ClearShare)
            {
                FindingText text = NodeTexts.AuthFailures($"{word} {group.Key}", count, group.Last());
                board.Report(New(FindingIds.AuthFailures, $"{word} {group.Key}", FindingSeverity.Warn, text) with { IsOver = count > RefusedLoginsMax, Kind = "client", Act = new FindingAct("Open log", "/log?q=refused") });
            }
        }
    }

    private void Churn(double elapsedSeconds)
    {
        IReadOnlyDictionary<(string User, IPAddress Address), (int Count, ConnectionEntry Last)> closed = broker.Connections.Churn.Take();
        foreach (((string User, IPAddress Address) key, (int _, ConnectionEntry last)) in closed)
        {
            if (!_churn.ContainsKey(key))
            {
                _churn.Add(key, (new SmoothedRate(ChurnSeconds), last));
            }
        }

        foreach ((string User, IPAddress Address) key in _churn.Keys.ToArray())
        {
            (SmoothedRate rate, ConnectionEntry last) = _churn[key];
            (int count, ConnectionEntry newest) = closed.TryGetValue(key, out (int, ConnectionEntry) found) ? found : (0, last);
            rate.Add(count, elapsedSeconds);
            _churn[key] = (rate, newest);
            if (rate.Value == 0)
            {
                _churn.Remove(key);
            }
            else if (rate.Value > ConnectionRateMax * QueueRules.ClearShare)
            {
                FindingText text = NodeTexts.Churn(key.User, key.Address.ToString(), rate.Value, QueueConsumers.ClientOf(newest));
                board.Report(New(FindingIds.Churn, $"{key.User}@{key.Address}", FindingSeverity.Warn, text) with
                {
                    Hold = Minute,
                    IsOver = rate.Value > ConnectionRateMax,
                    Kind = "client",
                    Act = ToConnections,
                });
            }
        }
    }

    private void Certificates(DateTimeOffset now)
    {
        if (now - _certificatesAt is var age && (age >= Minute || age < TimeSpan.Zero))
        {
            _certificatesAt = now;
            _certificates = [.. options.Listeners.Where(listener => listener.Certificates is not null)
                .SelectMany(listener => listener.Certificates!().Select(certificate => ($"{listener.Protocol} {listener.EndPoint}", certificate)))];
        }

        foreach ((string listener, TlsCertificate certificate) in _certificates)
        {
            double days = (certificate.End - now).TotalDays;
            if (days <= ExpiryWarnDays)
            {
                FindingSeverity severity = days <= ExpiryBadDays ? FindingSeverity.Bad : FindingSeverity.Warn;
                FindingText text = NodeTexts.TlsExpiry(certificate.Subject, certificate.End, now);
                board.Report(New(FindingIds.TlsExpiry, $"{listener} {certificate.Subject}", severity, text) with { Kind = "listener", Act = ToHealth });
            }
        }
    }

    /// <summary>The time of day and the time that passes differ when somebody sets the clock.</summary>
    private void Clock(DateTimeOffset now)
    {
        long timestamp = broker.Time.GetTimestamp();
        if (_clock is { } last)
        {
            double step = (now - last.Wall).TotalSeconds - broker.Time.GetElapsedTime(last.Timestamp, timestamp).TotalSeconds;
            if (Math.Abs(step) > ClockStepSeconds)
            {
                _clockStep = (now, step);
            }
        }

        _clock = (now, timestamp);
        if (_clockStep is { } stepped && now - stepped.At < ClockTold)
        {
            board.Report(New(FindingIds.Clock, broker.NodeName, FindingSeverity.Warn, NodeTexts.Clock(stepped.Seconds)) with { Since = stepped.At, Act = ToHealth });
        }
    }
}
