using Ropeway.Security;

namespace Ropeway.Management.Http;

/// <summary>What a user's tags allow. Pure; any thread.</summary>
internal static class AccessRules
{
    /// <summary>Why a user may not call an endpoint, in RabbitMQ's words; null when it may.</summary>
    public static ApiException? Refusal(User user, ApiAccess access)
    {
        bool isAdministrator = user.HasTag(UserTags.Administrator);
        bool isMonitor = isAdministrator || user.HasTag(UserTags.Monitoring);
        bool isPolicyMaker = isAdministrator || user.HasTag(UserTags.PolicyMaker);
        return access switch
        {
            ApiAccess.Everybody => null,
            _ when !isMonitor && !isPolicyMaker && !user.HasTag(UserTags.Management) => ApiException.NotAuthorised("Not management user"),
            ApiAccess.Administrator when !isAdministrator => ApiException.NotAuthorised("Not administrator user"),
            ApiAccess.Monitoring when !isMonitor => ApiException.NotAuthorised("Not monitor user"),
            ApiAccess.PolicyMaker when !isPolicyMaker => ApiException.NotAuthorised("Not policymaker user"),
            _ => null,
        };
    }
}
