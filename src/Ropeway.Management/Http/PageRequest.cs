using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;

namespace Ropeway.Management.Http;

/// <summary>Which page of a list is wanted, of the entries whose names fit. Immutable.</summary>
/// <param name="Page">From 1.</param>
/// <param name="PageSize">Entries on a page, 1 to <see cref="PageSizeMax"/>.</param>
/// <param name="Name">What a name contains; empty for all names.</param>
/// <param name="Pattern">What a name matches; null when <paramref name="Name"/> says which.</param>
internal sealed record PageRequest(int Page, int PageSize, string Name, Regex? Pattern)
{
    /// <summary>Most entries on a page.</summary>
    public const int PageSizeMax = 500;

    private const int PageSizeDefault = 100;
    private const int PatternCharsMax = 1024;

    /// <summary>Reads it from the query; null when it asks for no page.</summary>
    /// <param name="parameter">A parameter's text, or null.</param>
    /// <exception cref="ApiException">A parameter is malformed or out of its range.</exception>
    public static PageRequest? Read(Func<string, string?> parameter)
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
        return new PageRequest(number, size, name, name.Length > 0 && parameter("use_regex") == "true" ? ReadPattern(name) : null);
    }

    /// <summary>Whether an entry of this name is wanted.</summary>
    public bool Fits(string name) => Pattern?.IsMatch(name) ?? name.Contains(Name, StringComparison.OrdinalIgnoreCase);

    private static int ReadNumber(string text) => int.TryParse(text, System.Globalization.NumberStyles.AllowLeadingSign, null, out int number)
        ? number
        : throw ApiException.BadRequest("Pagination parameters are invalid: 'page' and 'page_size' must be numbers");

    private static Regex ReadPattern(string pattern)
    {
        try
        {
            // Without backtracking the time is linear in the name, whatever the pattern.
            return pattern.Length <= PatternCharsMax
                ? new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1))
                : throw ApiException.BadRequest($"Pagination parameters are invalid: a pattern has at most {PatternCharsMax} characters");
        }
        catch (Exception fault) when (fault is ArgumentException or NotSupportedException)
        {
            throw ApiException.BadRequest($"Pagination parameters are invalid: '{pattern}' is no regular expression that can be used: {fault.Message}");
        }
    }
}
