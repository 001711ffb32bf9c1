namespace Ropeway.Core.Routing;

/// <summary>
/// The bindings that point to one destination, linked through themselves, so that most destinations, with one, pay nothing for it.
/// A mutable struct in one field of the destination. Changed and read under the virtual host's gate.
/// </summary>
internal struct BindingChain
{
    private Binding? _first;

    /// <summary>Adds a binding that is in no chain.</summary>
    public void Add(Binding binding)
    {
        binding.Next = _first;
        if (_first is not null)
        {
            _first.Previous = binding;
        }

        _first = binding;
    }

    /// <summary>Removes a binding that is in this chain.</summary>
    public void Remove(Binding binding)
    {
        if (binding.Previous is { } previous)
        {
            previous.Next = binding.Next;
        }
        else
        {
            _first = binding.Next;
        }

        if (binding.Next is { } next)
        {
            next.Previous = binding.Previous;
        }

        binding.Next = null;
        binding.Previous = null;
    }

    /// <summary>The bindings, the last one first. The chain must not change meanwhile.</summary>
    public readonly IEnumerable<Binding> All()
    {
        for (Binding? binding = _first; binding is not null; binding = binding.Next)
        {
            yield return binding;
        }
    }
}
