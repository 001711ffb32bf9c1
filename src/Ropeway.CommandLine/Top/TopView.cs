namespace Ropeway.CommandLine.Top;

/// <summary>What the rows of <c>ropeway top</c> are.</summary>
internal enum TopView
{
    /// <summary>Queues.</summary>
    Queues,

    /// <summary>Connections.</summary>
    Connections,
}
