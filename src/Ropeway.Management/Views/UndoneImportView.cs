namespace Ropeway.Management.Views;

/// <summary>What taking an import back has done.</summary>
/// <param name="Import">The import.</param>
/// <param name="Restored">Definitions that are as they were before.</param>
/// <param name="Deleted">Definitions that the import had added, and that are gone.</param>
/// <param name="Left">What stays as it is, with reasons.</param>
internal sealed record UndoneImportView(ImportView Import, int Restored, int Deleted, IReadOnlyList<DefinitionChangeView> Left);
