using Microsoft.Extensions.Options;
using MimeKit;

namespace Isa.Events.Api.Email;

/// <summary>Where mails are laid down that are not sent: one file each, named by its Message-ID, so that a repeat takes the place of what it repeats.</summary>
public sealed class PickupFolder(EventsDatabase database, IOptions<EmailSettings> settings)
{
    /// <summary>Absolute path.</summary>
    public string Folder { get; } = Path.GetFullPath(settings.Value.PickupFolder, database.DataFolder);

    public Delivery Put(MimeMessage message)
    {
        var file = Path.Combine(Folder, message.MessageId!.Split('@')[0] + ".eml");
        var begun = $"{file}.{Guid.NewGuid():N}.tmp"; // whoever picks up *.eml never sees half of one
        try
        {
            PrivateFiles.CreateFolder(Folder);
            using (var stream = PrivateFiles.Open(begun, FileMode.CreateNew, FileShare.None))
            {
                message.WriteTo(Mailer.Format, stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(begun, file, overwrite: true);
            return Delivery.Sent;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            File.Delete(begun);
            return new Delivery(DeliveryResult.Deferred, "The folder of mails cannot be written to.");
        }
    }
}
