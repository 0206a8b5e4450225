"""What the timeline says of each thing that may happen to an agreement."""

SENTENCES = {
    "agreement.drafted": "heeft deze versie opgesteld",
    "agreement.frame_changed": "heeft de looptijd gewijzigd",
    "agreement.topics_written": "heeft de tekst van onderwerpen gewijzigd",
    "agreement.result_added": "heeft een beoogd resultaat toegevoegd",
    "agreement.result_changed": "heeft een beoogd resultaat gewijzigd",
    "agreement.result_deleted": "heeft een beoogd resultaat verwijderd",
    "agreement.indicator_added": "heeft een indicator toegevoegd",
    "agreement.indicator_changed": "heeft een indicator gewijzigd",
    "agreement.indicator_deleted": "heeft een indicator verwijderd",
    "agreement.party_added": "heeft een partij toegevoegd",
    "agreement.party_changed": "heeft de gegevens van een partij gewijzigd",
    "agreement.party_removed": "heeft een partij verwijderd",
    "agreement.contribution_added": "heeft een bijdrage toegevoegd",
    "agreement.contribution_removed": "heeft een bijdrage verwijderd",
    "agreement.offered": "heeft de afspraak aangeboden om te tekenen",
    "agreement.returned_to_draft": "heeft de afspraak teruggezet naar concept; de handtekeningen zijn vervallen",
    "agreement.signed": "heeft de afspraak ondertekend",
    "agreement.in_force": "De afspraak is in werking getreden: alle partijen hebben getekend",
    "agreement.replaced": "Deze versie is vervangen door een nieuwe",
    "agreement.withdrawn": "heeft dit concept ingetrokken",
}
