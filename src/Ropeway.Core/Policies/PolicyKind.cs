namespace Ropeway.Core.Policies;

/// <summary>Who set a policy. The values are stored on disk and never change.</summary>
public enum PolicyKind : byte
{
    /// <summary>A user of the virtual host.</summary>
    User = 1,

    /// <summary>The operator, whose limits users cannot raise.</summary>
    Operator = 2,
}
