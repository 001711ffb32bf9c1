using Ropeway.Core.Routing;

namespace Ropeway.Core.Topology;

/// <summary>Result of declaring or looking up an exchange.</summary>
/// <param name="Exchange">The exchange.</param>
/// <param name="Created">False when it was there before.</param>
/// <param name="CommitIndex">The index to wait for before the reply; 0 when nothing was journalled for it.</param>
public readonly record struct DeclaredExchange(Exchange Exchange, bool Created, ulong CommitIndex);
