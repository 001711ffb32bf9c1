namespace Ropeway.Architecture.Tests;

/// <summary>A type found in a file.</summary>
/// <param name="Name">Without type parameters.</param>
/// <param name="IsNested">Stands inside another type.</param>
internal sealed record DeclaredType(string Name, bool IsNested);
