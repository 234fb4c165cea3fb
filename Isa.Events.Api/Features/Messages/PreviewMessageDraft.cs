namespace Isa.Events.Api.Features.Messages;

/// <summary>The same as <see cref="PreviewMessage"/> with words that nobody has stored yet.</summary>
public sealed class PreviewMessageDraft(MessageFile file) : Endpoint<MessageTextWords>
{
    public override void Configure()
    {
        Post("/events/{event}/registrations/{registration}/messages/{kind}.eml");
        Policies(Access.Organizer);
    }

    public override Task HandleAsync(MessageTextWords request, CancellationToken ct) => file.SendAsync(HttpContext, request.Words, ct);
}
