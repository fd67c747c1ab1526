"""The few sentences that frame an answer, in the three languages in which people ask."""

from __future__ import annotations

_PHRASES = {
    "answers": {
        "en": "This clause seems to answer your question:",
        "nl": "Deze bepaling lijkt uw vraag te beantwoorden:",
        "fr": "Cette clause semble répondre à votre question :",
    },
    "plain": {
        "en": "In plain words (a summary, not the contract): {summary}",
        "nl": "In gewone taal (een samenvatting, niet het contract): {summary}",
        "fr": "En clair (un résumé, pas le contrat) : {summary}",
    },
    "confirmed": {
        "en": "A person confirmed that this clause answers this question:",
        "nl": "Een mens heeft bevestigd dat deze bepaling deze vraag beantwoordt:",
        "fr": "Une personne a confirmé que cette clause répond à cette question :",
    },
    "confirmed_none": {
        "en": "A person confirmed that no clause of these documents answers this.",
        "nl": "Een mens heeft bevestigd dat geen bepaling van deze documenten dit beantwoordt.",
        "fr": "Une personne a confirmé qu'aucune clause de ces documents n'y répond.",
    },
    "confirmed_by": {
        "en": "Confirmed for this wording by {by} on {day}.",
        "nl": "Voor deze vraagstelling bevestigd door {by} op {day}.",
        "fr": "Confirmé pour cette formulation par {by} le {day}.",
    },
    "together": {
        "en": "Read together with your earlier question “{earlier}”.",
        "nl": "Samen gelezen met uw eerdere vraag “{earlier}”.",
        "fr": "Lu avec votre question précédente « {earlier} ».",
    },
    "left_out": {
        "en": "I answer {most} questions at a time. Not looked at yet; please ask again: “{left}”",
        "nl": "Ik beantwoord {most} vragen tegelijk. Nog niet bekeken; stel ze opnieuw: “{left}”",
        "fr": "Je réponds à {most} questions à la fois. Pas encore traitées ; posez-les à nouveau : « {left} »",
    },
    "also": {"en": "Perhaps also:", "nl": "Misschien ook:", "fr": "Peut-être aussi :"},
    "no_clause": {
        "en": "The documents do not answer this. I looked through {documents} and found no clause that does.",
        "nl": "De documenten zeggen hier niets over. Ik heb {documents} doorzocht en geen bepaling gevonden die dit beantwoordt.",
        "fr": "Les documents ne répondent pas à cette question. J'ai parcouru {documents} sans trouver de clause qui y réponde.",
    },
    "unsure": {
        "en": "Perhaps one of these clauses answers this; I am not sure enough to say which.",
        "nl": "Misschien beantwoordt een van deze bepalingen dit; ik ben niet zeker genoeg om te zeggen welke.",
        "fr": "Peut-être une de ces clauses y répond-elle ; je ne suis pas assez sûr pour dire laquelle.",
    },
    "candidates": {"en": "Candidates:", "nl": "Kandidaten:", "fr": "Candidates :"},
    "both": {
        "en": "{owner}'s document also speaks of this:",
        "nl": "Ook het document van {owner} zegt hier iets over:",
        "fr": "Le document de {owner} en parle aussi :",
    },
    "nearest": {
        "en": "The nearest clauses, which are no answer:",
        "nl": "De dichtstbijzijnde bepalingen, die geen antwoord zijn:",
        "fr": "Les clauses les plus proches, qui ne sont pas une réponse :",
    },
    "not_loaded": {
        "en": "I have no documents to look in. An admin can add them with `clausekeeper documents add`.",
        "nl": "Er zijn geen documenten geladen. Een beheerder kan ze toevoegen met `clausekeeper documents add`.",
        "fr": "Aucun document n'est chargé. Un administrateur peut en ajouter avec `clausekeeper documents add`.",
    },
    "unavailable": {
        "en": "The search failed, so I cannot say whether the documents answer this. Please report reference {reference}.",
        "nl": "Het zoeken is mislukt; ik weet dus niet of de documenten dit beantwoorden. Meld referentie {reference}.",
        "fr": "La recherche a échoué ; je ne sais donc pas si les documents y répondent. Signalez la référence {reference}.",
    },
    "compute_fee": {
        "en": "Compute this fee: {kind}",
        "nl": "Bereken dit bedrag: {kind}",
        "fr": "Calculer ce montant : {kind}",
    },
    "compute_deadline": {
        "en": "Compute this deadline: {kind}",
        "nl": "Bereken deze termijn: {kind}",
        "fr": "Calculer ce délai : {kind}",
    },
    "helpful": {"en": "This helped", "nl": "Dit hielp", "fr": "Utile"},
    "not_helpful": {"en": "Not what I asked", "nl": "Niet wat ik vroeg", "fr": "Pas ma question"},
    "right": {"en": "The right clause is…", "nl": "De juiste bepaling is…", "fr": "La bonne clause est…"},
    "person": {"en": "Ask a person", "nl": "Vraag het een mens", "fr": "Demander à quelqu'un"},
    "share": {"en": "Share with channel", "nl": "Deel met kanaal", "fr": "Partager dans le canal"},
}


def say(phrase: str, language: str, **values: str) -> str:
    """A phrase in a language (``en``, ``nl``, ``fr``) with its values filled in."""
    return _PHRASES[phrase][language].format(**values)
