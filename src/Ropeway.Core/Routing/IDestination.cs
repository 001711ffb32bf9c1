namespace Ropeway.Core.Routing;

/// <summary>What a binding can point to: a queue or an exchange of the same virtual host.</summary>
public interface IDestination
{
    /// <summary>The name, unique per virtual host and kind. Empty for the default exchange only.</summary>
    string Name { get; }
}
