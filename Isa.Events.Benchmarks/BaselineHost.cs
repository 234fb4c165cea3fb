using FastEndpoints;
using Isa.Events.Api.Commands;
using Isa.Events.Api.Features.Partners;
using Isa.Events.Api.Features.Registrations;
using Microsoft.AspNetCore.Http;

namespace Isa.Events.Benchmarks;

/// <summary>The server with the baseline beside its own operations, so that both have the same pipeline, process and log.</summary>
internal static class BaselineHost
{
    // FastEndpoints finds the operations of this program by itself.
    public static Task<int> RunAsync(string[] args) => CommandLine.RunAsync(args, adapt: null);
}

/// <summary>A registration that is read, authorised, limited, validated and answered like a real one, and stored nowhere: what the web server alone can do.</summary>
public sealed class StoreNothing : Endpoint<RegistrationRequest, Registration>
{
    public override void Configure()
    {
        Post("/baseline/registrations");
        Policies(Access.Partner);
    }

    public override Task HandleAsync(RegistrationRequest request, CancellationToken ct) => Send.ResponseAsync(
        new Registration
        {
            Id = $"{Registration.IdPrefix}{Guid.CreateVersion7():N}", EventId = "evt_baseline", SiteId = request.SiteId!, Status = RegistrationStatus.Confirmed, Reference = "ISA-7K3QX",
            FullName = request.FullName!, Email = request.Email, Organisation = request.Organisation, City = request.City, Audience = request.Audience, Language = request.Language!.Value,
            NoticeVersion = request.NoticeVersion, CreatedAt = DateTimeOffset.UtcNow, UpdatedAt = DateTimeOffset.UtcNow,
        },
        StatusCodes.Status201Created, ct);
}
