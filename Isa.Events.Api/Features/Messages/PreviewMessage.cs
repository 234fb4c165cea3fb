namespace Isa.Events.Api.Features.Messages;

/// <summary>Any message as a person would get it, without sending it. What there is no reason to tell them is made up.</summary>
public sealed class PreviewMessage(MessageFile file) : EndpointWithoutRequest
{
    public override void Configure()
    {
        Get("/events/{event}/registrations/{registration}/messages/{kind}.eml");
        Policies(Access.Organizer);
    }

    public override Task HandleAsync(CancellationToken ct) => file.SendAsync(HttpContext, null, ct);
}
