using System.Diagnostics;

namespace Ropeway.Core.Routing;

/// <summary>
/// The bindings that a key or pattern has in its exchange, behind one reference: a <see cref="Binding"/>, because most have one, or a
/// <see cref="LiveList{T}"/> of them; null is none. Whoever keeps the reference publishes it; changes by one writer, under the
/// virtual host's gate, reading by any thread.
/// </summary>
internal static class OneOrMany
{
    /// <summary>Adds a binding that is not there.</summary>
    /// <returns>What to keep in place of <paramref name="bindings"/>, complete before it is published; often the same.</returns>
    public static object Add(object? bindings, Binding binding)
    {
        if (bindings is null)
        {
            return binding;
        }

        if (bindings is not LiveList<Binding> list)
        {
            list = new LiveList<Binding>();
            list.Add((Binding)bindings);
        }

        list.Add(binding);
        return list;
    }

    /// <summary>Removes a binding.</summary>
    /// <returns>What to keep in place of <paramref name="bindings"/>; null when none is left.</returns>
    /// <exception cref="UnreachableException">The binding is not there.</exception>
    public static object? Remove(object? bindings, Binding binding)
    {
        if (bindings is LiveList<Binding> list && list.Remove(binding))
        {
            return list.Count == 0 ? null : list;
        }

        return ReferenceEquals(bindings, binding) ? null : throw new UnreachableException("A binding to remove was not in its router.");
    }

    /// <summary>Adds the destinations of all of them.</summary>
    public static void Route(object? bindings, RouteResult result)
    {
        if (bindings is Binding only)
        {
            result.Add(only);
        }
        else if (bindings is LiveList<Binding> list)
        {
            result.AddAll(list);
        }
    }

    /// <summary>Whether their key is this one. Never for what the writer has emptied.</summary>
    public static bool HaveKey(object bindings, ReadOnlySpan<byte> key)
    {
        if (bindings is Binding only)
        {
            return Utf8Text.AreEqual(key, only.RoutingKey);
        }

        foreach (Binding? binding in ((LiveList<Binding>)bindings).Items)
        {
            if (binding is not null)
            {
                return Utf8Text.AreEqual(key, binding.RoutingKey); // They have it in common.
            }
        }

        return false;
    }
}
