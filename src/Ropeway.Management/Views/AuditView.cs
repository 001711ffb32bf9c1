using Ropeway.Management.Logs;

namespace Ropeway.Management.Views;

/// <summary>Somebody has changed something or read messages, or tried to.</summary>
/// <param name="Time">When, in UTC.</param>
/// <param name="User">Who.</param>
/// <param name="Address">From where.</param>
/// <param name="Act">What was done.</param>
/// <param name="Object">To what.</param>
/// <param name="Result"><c>done</c>, or <c>refused</c> and why.</param>
/// <param name="Count">How often, one after the other.</param>
/// <param name="Messages">How many messages were shown; null for what is no reading of messages.</param>
internal sealed record AuditView(string Time, string User, string Address, string Act, string Object, string Result, int Count, long? Messages)
{
    /// <summary>Makes it.</summary>
    public static AuditView Of(AuditEntry entry) => new(IsoTime.Of(entry.Time), entry.User, entry.Address, entry.Act, entry.Object, entry.Result, entry.Count, entry.Messages);
}
