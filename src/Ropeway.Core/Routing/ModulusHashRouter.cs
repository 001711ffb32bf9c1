namespace Ropeway.Core.Routing;

/// <summary>One binding by the routing key's hash, modulo the number of bindings: messages with one key stay together while no binding comes or goes.</summary>
internal sealed class ModulusHashRouter : OneOfRouter
{
    /// <inheritdoc/>
    protected override string Chooser => "the hash of the routing key, modulo their number";

    /// <inheritdoc/>
    protected override int Choose(in RouteRequest request, int count) => (int)(StableHash.Compute(request.RoutingKey) % (ulong)count);
}
