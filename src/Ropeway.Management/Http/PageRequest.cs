using Microsoft.AspNetCore.Http;

namespace Ropeway.Management.Http;

/// <summary>Which page of a list is wanted, of the entries whose names fit. Immutable.</summary>
/// <param name="Page">From 1.</param>
/// <param name="PageSize">Entries on a page, 1 to <see cref="PageSizeMax"/>.</param>
/// <param name="Name">What a name contains; empty for all names.</param>
/// <param name="Pattern">What a name matches; null when <paramref name="Name"/> says which.</param>
internal sealed record PageRequest(int Page, int PageSize, string Name, NamePattern? Pattern)
{
    /// <summary>Most entries on a page.</summary>
    public const int PageSizeMax = 500;

    private const int PageSizeDefault = 100;
    private static readonly TimeSpan PatternTimeMax = TimeSpan.FromSeconds(1);

    /// <summary>Reads it from the query; null when it asks for no page.</summary>
    /// <param name="parameter">A parameter's text, or null.</param>
    /// <param name="time">Measures what an expression takes.</param>
    /// <exception cref="ApiException">A parameter is malformed or out of its range.</exception>
    public static PageRequest? Read(Func<string, string?> parameter, TimeProvider time)
    {
        if (parameter("page") is not { } page)
        {
            return null;
        }

        int number = ReadNumber(page);
        int size = parameter("page_size") is { } given ? ReadNumber(given) : PageSizeDefault;
        if (number < 1 || size is < 1 or > PageSizeMax)
        {
            throw new ApiException(
                StatusCodes.Status400BadRequest,
                "invalid_pagination_parameters",
                $"Invalid pagination parameters: page number {number}, page size {size}; a page is at least 1, its size 1 to {PageSizeMax}");
        }

        string name = parameter("name") ?? string.Empty;
        return new PageRequest(number, size, name, name.Length > 0 && parameter("use_regex") == "true" ? new NamePattern(name, time) : null);
    }

    /// <summary>Whether an entry of this name is wanted.</summary>
    /// <exception cref="ApiException">The expression has taken too long by now.</exception>
    public bool Fits(string name)
    {
        if (Pattern is null)
        {
            return name.Contains(Name, StringComparison.OrdinalIgnoreCase);
        }

        bool isMatch = Pattern.IsMatch(name);
        return Pattern.Spent <= PatternTimeMax
            ? isMatch
            : throw ApiException.BadRequest($"'{Name}' takes too long: more than {PatternTimeMax.TotalSeconds:0} s for the names of this list; a simpler expression, or a part of the name, would do");
    }

    private static int ReadNumber(string text) => int.TryParse(text, System.Globalization.NumberStyles.AllowLeadingSign, null, out int number)
        ? number
        : throw ApiException.BadRequest("Pagination parameters are invalid: 'page' and 'page_size' must be numbers");
}
