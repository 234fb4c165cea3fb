using Microsoft.Net.Http.Headers;

namespace Isa.Events.Api.Features.Replies;

/// <summary>Takes a mail that came back, whole, from a mail server that hands it over. The same one again gives the same answer and does nothing.</summary>
public sealed class ReceiveReply(MailIntake intake) : EndpointWithoutRequest<ReceivedMail>
{
    public override void Configure()
    {
        Post("/replies");
        Policies(Access.MailIntake);
    }

    public override async Task HandleAsync(CancellationToken ct)
    {
        Parameters.None(HttpContext);
        if (!MediaTypeHeaderValue.TryParse(HttpContext.Request.ContentType, out var type) || !type.MediaType.Equals("message/rfc822", StringComparison.OrdinalIgnoreCase)) throw new ProblemException(Problem.UnsupportedMediaType);
        var received = await intake.ReceiveAsync(await Body.ReadBytesAsync(HttpContext, MailIntake.MaxBytes, ct), ct);
        HttpContext.Response.Headers.CacheControl = "no-store";
        await Send.OkAsync(received, ct);
    }
}
