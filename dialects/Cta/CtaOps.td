#ifndef AZULEJO_DIALECTS_CTA_CTAOPS_TD
#define AZULEJO_DIALECTS_CTA_CTAOPS_TD

include "dialects/Cta/CtaMatrixOps.td"
include "dialects/Cta/CtaMemoryOps.td"
include "dialects/Cta/CtaSharedOps.td"
include "dialects/Cta/CtaTileOps.td"

#endif // AZULEJO_DIALECTS_CTA_CTAOPS_TD
