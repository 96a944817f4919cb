/* People, drawn plainly and with respect: what they wear, hold or sit in may be asked about; skin
 * and hair vary and carry no meaning of their own. */
#ifndef ASSAY_SYNTH_PEOPLE_H
#define ASSAY_SYNTH_PEOPLE_H

#include "synth/draw/objects.h"

typedef enum assay_age { ASSAY_ADULT, ASSAY_CHILD, ASSAY_OLD } assay_age; /* old: grey hair */
typedef enum assay_aid {
    ASSAY_NO_AID,
    ASSAY_WHEELCHAIR,
    ASSAY_CANE, /* a white cane */
    ASSAY_CRUTCH
} assay_aid;
typedef enum assay_head {
    ASSAY_SHORT_HAIR,
    ASSAY_LONG_HAIR,
    ASSAY_HATTED,    /* of the colour `cloth` */
    ASSAY_HEADSCARF, /* likewise */
    ASSAY_TURBAN     /* likewise */
} assay_head;
typedef enum assay_mood { ASSAY_CALM, ASSAY_HAPPY, ASSAY_SAD } assay_mood;

typedef struct assay_person {
    int shirt;      /* colour */
    int cloth;      /* colour of hat, headscarf or turban */
    int skin, hair; /* 0..3 */
    assay_age age;
    assay_aid aid;
    assay_head head;
    assay_mood mood;
    bool dress;  /* instead of shirt and trousers */
    bool asleep; /* eyes closed */
} assay_person;

/* An adult without an aid, calm; shirt, skin, hair and its length from the rng. */
assay_person assay_person_any(assay_rng *rng);
/* Fills the pen's box from head to foot; a child is smaller and stands at the same foot line. */
void assay_person_draw(const assay_pen *pen, assay_person person);

#endif
