namespace Ropeway.TestKit.Kills;

/// <summary>What the broker has confirmed about one queue of the topology churn.</summary>
internal enum ChurnState
{
    /// <summary>A change is on its way: either answer is right.</summary>
    Unknown,

    /// <summary>declare-ok came.</summary>
    Declared,

    /// <summary>bind-ok came.</summary>
    Bound,

    /// <summary>unbind-ok came.</summary>
    Unbound,

    /// <summary>delete-ok came.</summary>
    Deleted,
}
