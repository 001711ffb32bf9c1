namespace Ropeway.Architecture.Tests;

/// <summary>A method or constructor found in a file.</summary>
/// <param name="Name">With its type: <c>Type.Method</c>.</param>
/// <param name="LineCount">From the signature to the closing brace or semicolon.</param>
/// <param name="ParameterCount">Of its list.</param>
internal sealed record DeclaredMethod(string Name, int LineCount, int ParameterCount);
