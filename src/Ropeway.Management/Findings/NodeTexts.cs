using Ropeway.Core.Resources;
using Ropeway.Security;

namespace Ropeway.Management.Findings;

/// <summary>The sentences about the node and its clients: pages, command line, API and log show the same words. Pure; any thread.</summary>
internal static class NodeTexts
{
    /// <summary><see cref="FindingIds.Slowed"/>.</summary>
    /// <param name="host">The virtual host whose publishers wait; null for all.</param>
    /// <param name="reason">What they are told.</param>
    /// <param name="causes">What the broker is short of, when it is that.</param>
    public static FindingText Slowed(string? host, string reason, AdmissionCause causes) => new(
        $"{(host is null ? "All publishers" : $"Publishers of virtual host {host}")} have to wait: {reason}.",
        causes switch
        {
            AdmissionCause.None when host is null => "The disk does not keep up with what is published.",
            AdmissionCause.Memory => "The process uses more memory than it may; publishers go on when it uses less.",
            AdmissionCause.Disk => "The disk is nearly full; publishers go on when there is space.",
            AdmissionCause.VirtualHost => "The virtual host holds as many messages as it may; publishers go on when consumers have taken some.",
            _ => null,
        },
        reason);

    /// <summary><see cref="FindingIds.Unroutable"/>.</summary>
    /// <param name="exchange">The exchange's name; empty for the default exchange.</param>
    /// <param name="count">Messages within the last minutes.</param>
    public static FindingText Unroutable(string exchange, long count) => new(
        $"{Words.Count(count, "message")} that {(count == 1 ? "was" : "were")} published to {(exchange.Length == 0 ? "the default exchange" : exchange)} within five minutes led to no queue.",
        exchange.Length == 0
            ? "There is no queue of the name that publishers use as routing key. Those that did not ask for it back do not know."
            : "No binding matched. Publishers that did not ask for it back do not know; an alternate exchange would keep such messages.",
        "messages lead to no queue");

    /// <summary><see cref="FindingIds.DiskSpace"/>.</summary>
    /// <param name="freeBytes">Free space.</param>
    /// <param name="totalBytes">Size of the disk.</param>
    /// <param name="secondsLeft">When it is full at the pace of the last hour; null when it is not filling up.</param>
    public static FindingText DiskSpace(long freeBytes, long totalBytes, double? secondsLeft) => new(
        $"The disk is {Words.Share(1 - (freeBytes / (double)totalBytes))} full: {Words.Bytes(freeBytes)} of {Words.Bytes(totalBytes)} are free.",
        secondsLeft is { } seconds ? $"At the pace of the last hour it is full in {Words.Duration(seconds)}; publishers have to wait before." : "When it is nearly full, publishers have to wait.",
        $"{Words.Bytes(freeBytes)} free");

    /// <summary><see cref="FindingIds.DiskSync"/>.</summary>
    /// <param name="slowMs">What 99 of 100 syncs of the last minute did not exceed.</param>
    /// <param name="usualMs">The same of half of those of the last day.</param>
    /// <param name="confirmMs">What 99 of 100 groups of messages of the last minute waited for being durable at most; null when there were none.</param>
    public static FindingText SlowSyncs(double slowMs, double usualMs, double? confirmMs) => new(
        $"1 in 100 syncs of the disk takes {Words.Duration(slowMs / 1000)} or longer; half of them usually take {Words.Duration(usualMs / 1000)} at most.",
        $"Every confirm of a durable message waits for a sync{(confirmMs is { } ms ? $": 1 in 100 comes after {Words.Duration(ms / 1000)} or later" : string.Empty)}. Something else keeps the disk busy, or it is about to fail.",
        $"syncs take {Words.Duration(slowMs / 1000)}");

    /// <summary><see cref="FindingIds.Memory"/>.</summary>
    public static FindingText Memory(long usedBytes, long limitBytes, long messageBytes) => new(
        $"The process uses {Words.Bytes(usedBytes)}, {Words.Share(usedBytes / (double)limitBytes)} of the memory it may.",
        $"Messages hold {Words.Bytes(messageBytes)} of it. At the limit publishers have to wait.",
        $"{Words.Share(usedBytes / (double)limitBytes)} of its memory");

    /// <summary><see cref="FindingIds.AuthFailures"/>.</summary>
    /// <param name="whose">An address or a user, with the word in front.</param>
    /// <param name="count">Refused logins in the last minute.</param>
    /// <param name="last">The last of them.</param>
    public static FindingText AuthFailures(string whose, int count, LoginFailure last) => new(
        $"{Words.Count(count)} logins {whose} were refused within a minute.",
        $"Last: user '{last.User}' from {last.Address}, {WordOf(last.Status)}.",
        $"{Words.Count(count)} refused logins");

    /// <summary><see cref="FindingIds.Churn"/>.</summary>
    public static FindingText Churn(string user, string address, double rate, string? client) => new(
        $"User {user} at {address} opens and closes {Words.Rate(rate)} connections.",
        $"{(client is null ? "The client" : $"The client {client}")} should keep one open: each costs a login, and its messages wait for it.",
        $"{Words.Rate(rate)} connections");

    /// <summary><see cref="FindingIds.TlsExpiry"/>.</summary>
    public static FindingText TlsExpiry(string subject, DateTimeOffset end, DateTimeOffset now) => new(
        end <= now
            ? $"The certificate {subject} ended on {end.UtcDateTime:yyyy-MM-dd}."
            : $"The certificate {subject} ends on {end.UtcDateTime:yyyy-MM-dd}, in {Words.Count((long)(end - now).TotalDays, "day")}.",
        "Clients refuse it from then on. Replace the file: it is read again without a restart.",
        $"certificate ends on {end.UtcDateTime:yyyy-MM-dd}");

    /// <summary><see cref="FindingIds.Clock"/>.</summary>
    /// <param name="seconds">By how much; negative when back.</param>
    public static FindingText Clock(double seconds) => new(
        $"The machine's clock was set {(seconds > 0 ? "forward" : "back")} by {Words.Duration(Math.Abs(seconds))}.",
        seconds > 0 ? "Messages that expire or are delayed may have gone early." : "Messages that expire or are delayed wait that much longer.",
        "clock was set");

    private static string WordOf(LoginStatus status) => status switch
    {
        LoginStatus.LoopbackOnly => "who may log in on this machine only",
        LoginStatus.Delayed => "not looked at after too many failures",
        _ => "wrong name or password",
    };
}
