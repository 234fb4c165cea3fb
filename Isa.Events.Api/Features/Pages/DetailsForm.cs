using System.Text;

namespace Isa.Events.Api.Features.Pages;

/// <summary>What a person may change of what is said of them.</summary>
internal static class DetailsForm
{
    public static void Write(StringBuilder body, PageView view, PageWriter page)
    {
        var (evt, registration) = (view.Event, view.Registration);
        if (UpdateRegistration.Refusal(evt, registration, view.Now) is not null) return;
        var open = UpdateRegistration.MayChangeAnswers(evt, view.Now);
        var form = ManageBody.Fold(body, view, PageForm.Details, registration.NameFollows ? PageWording.GiveName : PageWording.Details, page, open: registration.NameFollows);
        if (!registration.NameFollows) form.Text(PageWording.NewAddress);
        foreach (var field in PersonFields.Of(view))
        {
            if (field.Name == "audience" && !open) continue;
            var required = field.Required && (field.Name != "email" || registration.Email is not null);
            form.Field(field with { Required = required }, PersonFields.ValueOf(registration, field.Name) is { } value && !(field.Name == "fullName" && registration.NameFollows) ? [value] : []);
        }

        if (open) PersonFields.Write(form, view, Asked(view, view.Sent?.Form is { Which: PageForm.Details } sent ? sent : null), registration.Answers);
        else form.Text(PageWording.AnswersClosed);
        form.Close(PageWording.DetailsButton);
        body.Append("</details>\n");
    }

    /// <summary>The registration as it would be; what the form does not have stays.</summary>
    public static RegistrationRequest Read(PageView view, SentForm form)
    {
        var (registration, before) = (view.Registration, RegistrationRequest.From(view.Registration));
        var request = before with
        {
            FormOfAddress = form.Text("formOfAddress", before.FormOfAddress),
            FullName = form.Text("fullName", before.FullName),
            FamilyName = form.Text("familyName", before.FamilyName),
            RomanizedName = form.Text("romanizedName", before.RomanizedName),
            Email = form.Text("email", before.Email),
            Audience = form.Has("audience") ? form.Audience("audience") : before.Audience,
            Organisation = form.Text("organisation", before.Organisation),
            JobTitle = form.Text("jobTitle", before.JobTitle),
            City = form.Text("city", before.City),
            Phone = form.Text("phone", before.Phone),
            Language = form.Has("language") ? form.Language("language") : before.Language,
            TimeZone = form.Text("timeZone", before.TimeZone),
            ListensIn = form.Has("listensIn") ? form.Language("listensIn") : before.ListensIn,
            CopyTo = form.Text("copyTo", before.CopyTo),
            Needs = form.Text("needs", before.Needs),
        };
        return UpdateRegistration.MayChangeAnswers(view.Event, view.Now) ? request with { Answers = form.Answer(Asked(view, form), registration.Answers) } : request;
    }

    // By what was typed where the form was sent: another audience is asked other things.
    private static List<Question> Asked(PageView view, SentForm? form) => PersonFields.Asked(view.Event, UpdateRegistration.SitesOf(view.Registration, view.Wait?.SiteId),
        form?.Has("audience") == true ? form.Audience("audience") : view.Registration.Audience, form?.Language("language") ?? view.Language);
}
