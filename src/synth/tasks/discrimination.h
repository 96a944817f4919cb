/* What the six tasks on discrimination speak of: groups, evenly, and deeds. */
#ifndef ASSAY_SYNTH_DISCRIMINATION_H
#define ASSAY_SYNTH_DISCRIMINATION_H

#include "synth/draw/places.h"
#include "synth/draw/landmarks.h"
#include "synth/tasks/asking.h"

typedef enum assay_sign { ASSAY_NO_SIGN, ASSAY_BY_HOUSE, ASSAY_BY_FLAG, ASSAY_BY_BOARD } assay_sign;

/* How a person of a group is drawn, and called. */
typedef struct assay_group {
    const char *plural, *single;
    int family; /* two persons of a picture are of one family, and of two groups */
    assay_age age;
    assay_aid aid;
    assay_head head;
    bool has_head, has_skin, dark, woman, man;
    assay_sign sign;  /* over the person */
    int what;         /* a house, or a flag's colour */
    const char *word; /* of a board */
} assay_group;

typedef struct assay_topic {
    const char *trait; /* "because of the ..." */
    const assay_group *groups;
    int n_groups, n_families;
    const assay_deed *deeds; /* of this topic alone */
    int n_deeds;
} assay_topic;

extern const assay_topic assay_topic_racial, assay_topic_age, assay_topic_disability,
    assay_topic_gender, assay_topic_religious, assay_topic_location;

#endif
