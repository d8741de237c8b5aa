"""The positions of the GDV data set VU-Vermittler this room reads and writes.

Facts of release 01.12.2023 (VUVM2023). Releases only ever fill former blanks, so that the newest
layout reads all since 2009. Only fields that are used stand here; records are kept whole.

A line is: name, first byte counted from 1, length, type. Types: ``A`` text to the left, ``R`` text
to the right, ``N`` digits filled with zeros, ``U2`` amount with so many decimals, ``S2`` the same
with its sign in the next byte, ``D`` day TTMMJJJJ.
"""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

RECORD_LENGTH: Final = 256

_HEAD: Final = """
record_type 1 4 N
insurer_number 5 5 A
bundle 10 1 A
line 11 3 N
contract_number 14 17 R
sequence 31 2 N
agency_number 33 10 A
"""

_TABLE: Final = """
0001/1
record_type 1 4 N
insurer_number 5 5 A
sender 10 30 A
recipient 40 30 A
created_from 70 8 D
created_to 78 8 D
agency_number 86 10 A
version_0001 96 3 A
version_0100 99 3 A
version_0200 102 3 A
version_0210.050 105 3 A
version_0400 213 3 A
version_0410 216 3 A
version_0430 219 3 A
version_0500 222 3 A
version_9999 225 3 A
version_0420 228 3 A
version_0450 231 3 A
sender_kind 237 1 A
recipient_kind 238 1 A
part 256 1 N
0001/2
record_type 1 4 N
insurer_number 5 5 A
sender 10 30 A
recipient 40 30 A
created_from 70 8 D
created_to 78 8 D
agency_number 86 10 A
version_0052 210 3 A
version_9950 228 3 A
version_9952 231 3 A
part 256 1 N
0001/3
record_type 1 4 N
insurer_number 5 5 A
sender 10 30 A
recipient 40 30 A
created_from 70 8 D
created_to 78 8 D
agency_number 86 10 A
version_0202 102 3 A
version_9951 117 3 A
part 256 1 N
0052/1
+
business_case 43 3 N
posted_on 46 8 D
posted_at 54 6 N
changed_on 60 8 D
transaction_insurer 68 17 A
transaction_broker 85 17 A
authorisation 148 2 A
category 151 9 N
case_text 160 20 A
broker_register_number 181 15 A
transaction_insurer_2 196 18 A
transaction_broker_2 214 18 A
part 256 1 N
0052/2
+
lapses_on 43 8 D
free_text 51 30 A
part 256 1 N
0100/1
+
salutation 43 1 A
name_1 44 30 A
name_2 74 30 A
name_3 104 30 A
title 134 20 A
country 154 3 A
postcode 157 6 A
city 163 25 A
street 188 30 A
po_box 218 8 A
birth_date 226 8 D
nationality 234 3 A
role 237 2 A
gender 255 1 A
part 256 1 N
0100/2
+
customer_number_insurer 43 17 R
customer_number_broker 60 17 R
customer_group 77 30 A
contact_type_1 157 2 A
contact_1 159 20 A
contact_type_2 179 2 A
contact_2 181 20 A
contact_type_3 201 2 A
contact_3 203 20 A
contact_type_4 223 2 A
contact_4 225 20 A
payment_method 245 1 A
person_number 250 6 N
part 256 1 N
0100/3
+
contact_type_5 43 2 A
contact_5 45 60 A
contact_type_6 105 2 A
contact_6 107 60 A
contact_type_7 167 2 A
contact_7 169 60 A
legal_form 229 2 A
part 256 1 N
0100/4
+
birth_name 43 30 A
bank_name 73 30 A
bic 187 11 A
iban 209 34 A
part 256 1 N
0100/5
+
iban_2 43 34 A
birth_place 77 30 A
birth_country 107 3 A
tax_number 110 17 A
vat_number 127 17 A
mandate_reference 195 35 A
mandate_date 230 8 D
part 256 1 N
0200/1
+
collection 43 1 A
begin 44 8 D
end 52 8 D
next_due 60 8 D
frequency 68 1 A
status 69 1 A
exit_reason 70 2 A
exit_date 72 8 D
change_reason 80 10 A
change_date 90 8 D
participation 98 1 A
participation_share 99 5 U3
order_number 104 9 R
currency 113 3 A
net_premium 116 12 U2
free_text 128 30 A
customer_number_insurer 159 17 R
customer_number_broker 176 17 R
remaining_years 195 2 N
term_discount 197 4 U2
application_date 201 8 D
reference_contract_number 209 17 A
reference_kind 226 1 A
classification 227 17 A
part 256 1 N
0200/2
+
termination_clause 43 1 A
contract_number_broker 44 17 R
product_form 61 5 A
gross_premium 72 12 U2
printed_number 84 30 A
product_name 114 20 A
instalment_surcharge 134 5 U2
application_received 139 8 D
issue_date 147 8 D
broker_register_number 155 15 A
broker_mark 170 50 A
linked_contract 220 35 A
part 256 1 N
0202/1
+
consent_privacy 43 1 A
consent_health 44 1 A
part 256 1 N
0400/1
+
collection 43 1 A
posting_type 44 2 A
booking_date 46 8 D
period_from 54 8 D
period_to 62 8 D
frequency 70 1 A
created_on 71 8 D
changed_on 79 8 D
endorsement 87 3 N
block_mark 90 2 A
collective_number 92 15 A
currency 107 3 A
net_premium 110 11 S2
tax 122 11 S2
fee 134 4 S2
gross_premium 139 11 S2
commission 151 11 S2
lead_premium 163 11 S2
return_reason 175 2 A
free_text 177 30 A
discount 207 11 S2
customer_number_broker 225 17 R
part 256 1 N
0400/2
+
reference_insurer 43 17 A
reference_broker 60 17 A
holder_text 77 30 A
settled_amount 107 11 S2
settled_currency 119 3 A
classification 122 17 A
part 256 1 N
0410/1
+
period_from 43 8 D
period_to 51 8 D
net_premium 59 11 S2
tax 71 11 S2
tax_rate 83 4 U2
base_1 87 11 S2
rate_1 99 5 U2
amount_1 104 11 S2
kind_1 116 1 A
base_2 117 11 S2
rate_2 129 5 U2
amount_2 134 11 S2
kind_2 146 1 A
base_3 147 11 S2
rate_3 159 5 U2
amount_3 164 11 S2
kind_3 176 1 A
insured_person 177 17 R
0430/1
+
text_type_1 43 1 A
text_1 44 50 A
text_type_2 94 1 A
text_2 95 50 A
text_type_3 145 1 A
text_3 146 50 A
text_type_4 196 1 A
text_4 197 50 A
0450/1
+
declaration 43 8 N
part 51 1 N
period_from 52 8 D
period_to 60 8 D
net_premium 70 11 S2
kind_1 120 1 A
base_1 121 11 S2
rate_1 133 5 U2
amount_1 138 11 S2
kind_2 150 1 A
base_2 151 11 S2
rate_2 163 5 U2
amount_2 168 11 S2
9950/1
+
text 43 209 A
number 252 4 A
part 256 1 N
9951/1
+
mime 43 205 A
number 248 8 N
part 256 1 N
9952/1
+
transaction_insurer 43 17 A
transaction_broker 60 17 A
transaction_insurer_2 77 18 A
transaction_broker_2 95 18 A
part 256 1 N
9999/1
record_type 1 4 N
records 5 10 N
agency_number 15 10 A
net_premium 25 15 U2
gross_premium 40 14 S2
commission 55 14 S2
claims 70 14 S2
claim_costs 85 14 S2
"""


@dataclass(frozen=True, slots=True)
class Field:
    """Where a field stands and how it is written.

    Attributes:
        name: the term in English.
        start: index of its first character, from 0.
        end: index behind its last character; a sign stands at this index.
        kind: ``A``, ``R``, ``N``, ``U``, ``S`` or ``D`` as the table says.
        decimals: places of an amount, else 0.
    """

    name: str
    start: int
    end: int
    kind: str
    decimals: int

    @property
    def length(self) -> int:
        """Characters of the field, its sign not counted."""
        return self.end - self.start


def _fields(lines: str) -> dict[str, Field]:
    fields = {}
    for line in lines.split("\n"):
        if not line:
            continue
        name, position, length, kind = line.split()
        start = int(position) - 1
        fields[name] = Field(name, start, start + int(length), kind[0], int(kind[1:] or 0))
    return fields


def _layouts() -> dict[tuple[str, int], dict[str, Field]]:
    layouts: dict[tuple[str, int], dict[str, Field]] = {}
    fields: dict[str, Field] = {}
    for line in _TABLE.strip().split("\n"):
        if "/" in line:
            record_type, part = line.split("/")
            fields = layouts.setdefault((record_type, int(part)), {})
        else:
            fields.update(HEAD if line == "+" else _fields(line))
    return layouts


HEAD: Final = MappingProxyType(_fields(_HEAD))
"""The common head of every record from 0052 to 9952 (fields 1-7)."""

LAYOUTS: Final = MappingProxyType(_layouts())
"""Record type and part (Teildatensatz) → its fields by name."""
