using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace Ropeway.Server;

/// <summary>
/// Option values from one origin (file, environment, command line) as a source of the .NET configuration system, which
/// remembers where each value stands so that an error can say it. A list is stored as <c>name:0</c>, <c>name:1</c> and so on.
/// </summary>
/// <param name="errorCode">Exit code for a bad value from here.</param>
internal sealed class OptionSource(int errorCode) : ConfigurationProvider, IConfigurationSource
{
    private readonly Dictionary<string, string> _origins = [];

    /// <summary>Exit code for a bad value from here.</summary>
    public int ErrorCode { get; } = errorCode;

    /// <summary>Adds an option.</summary>
    /// <param name="name">One of <see cref="ServerOptionList"/>.</param>
    /// <param name="values">At least one, unless it is a list.</param>
    /// <param name="origin">For error texts, for example <c>environment variable ROPEWAY_LISTEN</c>.</param>
    public void Add(string name, IReadOnlyList<string> values, string origin)
    {
        _origins[name] = origin;
        if (!ServerOptionList.Find(name)!.IsRepeatable)
        {
            Data[name] = values[0];
            return;
        }

        for (int i = 0; i < values.Count; i++)
        {
            Data[$"{name}:{i.ToString(CultureInfo.InvariantCulture)}"] = values[i];
        }
    }

    /// <summary>The values of an option that was added here, or null.</summary>
    public (IReadOnlyList<string> Values, string Origin)? Find(ServerOption option)
    {
        if (!_origins.TryGetValue(option.Name, out string? origin))
        {
            return null;
        }

        if (!option.IsRepeatable)
        {
            return ([Data[option.Name]!], origin);
        }

        var values = new List<string>();
        while (TryGet($"{option.Name}:{values.Count.ToString(CultureInfo.InvariantCulture)}", out string? value))
        {
            values.Add(value!);
        }

        return (values, origin);
    }

    /// <inheritdoc/>
    public IConfigurationProvider Build(IConfigurationBuilder builder) => this;
}
