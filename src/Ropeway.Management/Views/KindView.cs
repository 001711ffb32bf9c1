namespace Ropeway.Management.Views;

/// <summary>A kind of something that the broker knows: a type of exchange, a way to log in.</summary>
/// <param name="Name">As clients name it.</param>
/// <param name="Description">For people.</param>
/// <param name="Enabled">Whether it can be used.</param>
internal sealed record KindView(string Name, string Description, bool Enabled);
