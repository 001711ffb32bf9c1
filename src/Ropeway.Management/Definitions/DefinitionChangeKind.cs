namespace Ropeway.Management.Definitions;

/// <summary>What an import would do with an entry.</summary>
internal enum DefinitionChangeKind
{
    /// <summary>It is not there yet.</summary>
    Add,

    /// <summary>It is there, and would be another.</summary>
    Change,

    /// <summary>It is there as it is.</summary>
    Same,

    /// <summary>The import would be refused for it.</summary>
    Refused,

    /// <summary>It means nothing to this broker.</summary>
    Ignored,

    /// <summary>It is there and not in the document, and would be deleted.</summary>
    Delete,

    /// <summary>It is there and not in the document, and stays all the same.</summary>
    Left,
}
