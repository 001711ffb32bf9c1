namespace Ropeway.Management.Http;

/// <summary>Who may call an endpoint, by the user's tags; what it may see and do there depends on its permissions as well.</summary>
internal enum ApiAccess
{
    /// <summary>Everybody, without a login: who signs in.</summary>
    Everybody,

    /// <summary>Any of the four tags.</summary>
    Management,

    /// <summary>Monitoring or administrator.</summary>
    Monitoring,

    /// <summary>Policymaker or administrator.</summary>
    PolicyMaker,

    /// <summary>Administrator.</summary>
    Administrator,
}
