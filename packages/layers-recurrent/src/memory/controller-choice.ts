/** The option by which queue and tape choose their controller. */
import { z } from 'zod'
import { type Controller, type ControllerSizes, lstmController, plainController } from './controller.ts'

/** Which cell controls a memory. */
export interface ControllerChoice {
  /** A plain cell with tanh or a rectifier, or an LSTM; tanh unless given. */
  readonly controller?: 'tanh' | 'relu' | 'lstm' | undefined
  /** The LSTM controller's forget bias at the start; 1 unless given. */
  readonly forgetBias?: number | undefined
}

/** Schema entries of {@link ControllerChoice}. */
export const controllerEntries = {
  controller: z
    .enum(['tanh', 'relu', 'lstm'])
    .default('tanh')
    .describe('what controls the memory: a plain cell with tanh or a rectifier, or an LSTM'),
  forgetBias: z.number().default(1).describe("the LSTM controller's forget bias at the start"),
}

/** The chosen controller. */
export function chosenController(
  sizes: ControllerSizes,
  { controller = 'tanh', forgetBias = 1 }: ControllerChoice,
): Controller {
  return controller === 'lstm' ? lstmController(sizes, forgetBias) : plainController(sizes, controller)
}
