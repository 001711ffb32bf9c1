namespace Ropeway.Security;

/// <summary>The tags that mean something.</summary>
public static class UserTags
{
    /// <summary>Everything in management.</summary>
    public const string Administrator = "administrator";

    /// <summary>Sees all connections and statistics.</summary>
    public const string Monitoring = "monitoring";

    /// <summary>Changes policies.</summary>
    public const string PolicyMaker = "policymaker";

    /// <summary>Sees what its own permissions cover.</summary>
    public const string Management = "management";

    /// <summary>May publish messages with the user-id of another user. Nothing in management.</summary>
    public const string Impersonator = "impersonator";
}
