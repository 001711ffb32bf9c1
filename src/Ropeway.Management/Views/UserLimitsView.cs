using Ropeway.Messages;

namespace Ropeway.Management.Views;

/// <summary>The limits of a user that has any.</summary>
internal sealed record UserLimitsView(
    string User,
    FieldTable Value);
